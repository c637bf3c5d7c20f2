"""Valid files and states, changed at random: only errors of ours may come out."""
