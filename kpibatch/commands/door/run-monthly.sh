#!/bin/sh
# Runs the newest month of the workspace in this folder; of another month: ./run-monthly.sh 2565-06
# By hand or by cron. Ends with 0: clean, 1: findings, 2: could not go on.
case $0 in */*) cd "${0%/*}/" || exit 2;; esac
if [ -x .venv/bin/python ]; then exec .venv/bin/python -m kpibatch run "$@"; fi
program={program}
if [ -x "$program" ]; then exec "$program" {words} run "$@"; fi
command -v kpibatch >/dev/null || { echo "kpibatch was not found: install it, or put its .venv into this folder." >&2; exit 2; }
exec kpibatch run "$@"
