### The panel at the left, and the buttons at the top.

controls-world = World
controls-seed_short = seed
controls-target = Whom
controls-scenario = Scenario
controls-seed = Seed (which chance events happen)
controls-new_seed = New seed
controls-run = Run this world
controls-play = Play
controls-pause = Pause
controls-step = One quarter on
controls-back = One quarter back
controls-reset = Back to the start
controls-end = To the end
controls-speed = Quarters per second
controls-time = Quarter
controls-shocks = What if?
controls-shock_now = Strike in
controls-twin =
    The dashed line is the same world without what is struck here, in this seed. The effect over
    many pairs of worlds stands above the charts.
controls-struck = Struck in this world
controls-take_back = Take back
controls-take_back_all = Take back all
controls-left_out = Another scenario begins without the changes and shocks of the one before.
controls-parameters = Parameters
controls-search = Search parameters
controls-no_match = No parameter has these words in its name or meaning.
controls-changed = changed
controls-reset_one = Back to the scenario's value
controls-out_of_bounds = This value is not taken. It must be { $bounds }.
controls-not_whole = This value is not taken. It must be a whole number.
controls-finite = finite
controls-take_last = Back to the value before
controls-reset_all = Undo all changes
controls-apply = Apply
controls-copy_link = Copy link
controls-copied = Link copied
controls-theme = Light or dark
controls-tour = Tour
