"""The web server's settings on a laptop; production may use the same file."""

import gc
import os
from typing import Any

worker_class = "gthread"
workers = int(os.environ.get("WEB_WORKERS", "2"))
threads = int(os.environ.get("WEB_THREADS", "4"))
# Two generations of keep-alive browsers fit; slow clients are the reverse proxy's business.
keepalive = 30
timeout = 60
graceful_timeout = 8
max_requests = 20_000
max_requests_jitter = 2_000
worker_tmp_dir = "/dev/shm" if os.path.isdir("/dev/shm") else None
control_socket_disable = True


def post_worker_init(worker: Any) -> None:
    """Leave the application, loaded by now, out of garbage collection, and collect what requests leave less often.

    A page makes some ten thousand objects, nearly all of which go by their reference count: Python's own pace looks
    through them a dozen times a page.
    """
    gc.collect()
    gc.freeze()
    gc.set_threshold(20_000, 20, 20)
