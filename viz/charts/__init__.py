"""Charts: pure functions from results to ECharts options."""
