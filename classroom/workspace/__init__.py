"""The learner's own folder, my/, which is a git repository of its own."""
