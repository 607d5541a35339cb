### The story page.

story-play = Play it quarter by quarter
story-see-live = See all series
story-stopped = This world stopped before its end; the story covers what was recorded.
story-so-far = This run goes on: the story is told up to { $quarter }.
story-not-begun = Nothing has happened yet in this world. Press Play, or run it to its end.
