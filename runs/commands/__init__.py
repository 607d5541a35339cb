"""The commands of ``kaartenhuis``, one file for each subject."""
