"""The programs that executors run; they join resources and domain."""
