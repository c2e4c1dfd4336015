"""Several workspaces in one call: a workspace's month is a task, done in warm processes here or by a Dask
scheduler elsewhere.

In: folders of workspaces, a month or none.
Out: each workspace's own ``output/MONTH``, a line for each as it ends, the gravest exit code.

Whatever does the tasks is a ``concurrent.futures.Executor``; only paths and digests travel. A workspace that
fails fails alone.

task.py     what travels there and back
named.py    which workspaces are meant, each once
room.py     how many at once: by processors and free memory
hands.py    warm processes, one call after another
crew.py     an executor of warm processes on this computer
work.py     a task done, inside such a process
calls.py    what such a process is asked for, without loading what it takes
dask.py     a scheduler and its workers (the door to distributed)
remote.py   a task done on a Dask worker, in a warm process of its own
cluster.py  an executor behind a scheduler's address, its workers looked at first
together.py  all tasks through an executor, told as they end
"""
