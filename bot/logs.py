from contextlib import contextmanager
@contextmanager
def about_run(run_id):
    yield
