### The guided tour.

tour-title = Guided tour
tour-offer = First time here? A tour of seven steps takes a minute.
tour-start = Take the tour
tour-no = No, thanks
tour-next = Next
tour-back = Back
tour-done = Done
tour-end = Close

tour-step-1-title = A finished run, told
tour-step-1-text =
    The simulation has already run: labs bought compute, clouds built, investors paid or did not.
    The story says what happened in this world.
tour-step-2-title = Play it again
tour-step-2-text =
    Play shows the same world quarter by quarter. Pause, step back, or drag the slider to any
    quarter.
tour-step-3-title = One question per panel
tour-step-3-text =
    Marks are things that happened: a failed round, a default. Click a mark and the app tells what
    came before it and could reach it.
tour-step-4-title = Who pays whom
tour-step-4-text =
    The money network shows the payments of a quarter. What comes back to where it started is drawn
    in red: that is the circle.
tour-step-5-title = What if?
tour-step-5-text =
    Strike the running world. The dashed line is the same seed without the shock; what the shock
    does beyond chance is measured over pairs of worlds, above the charts.
tour-step-6-title = Doubt the numbers
tour-step-6-text =
    Every parameter has a unit, bounds, a source and a confidence. Change one, and see whether the
    story still holds.
tour-step-7-title = One run is one history
tour-step-7-text =
    The ensemble runs the same world many times with other chance events. Believe what happens
    often, not what happens once.
