### Around the shocks; the words of a shock itself stand in its class.

shocks-all-of = all { $group }
shocks-own-changes = Changed in this world: { $changes }.
shocks-own-shocks = Struck in this world: { $shocks }.
