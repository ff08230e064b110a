#!/bin/sh
# bootstrap.sh run|test: finds a Python that is new enough and lets it prepare .venv. PYTHON=... names one.
cd "$(dirname "$0")/../.." || exit 1
found=
for python in ${PYTHON:-python3.13 python3.12 python3.11 python3}; do
    command -v "$python" >/dev/null 2>&1 || continue
    found=$("$python" -c 'import sys; print("%d.%d" % sys.version_info[:2])' 2>/dev/null) || continue
    if "$python" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null; then
        exec "$python" community_portal/local/bootstrap.py "$1"
    fi
done
if [ -n "$found" ]; then found_text="这里只有 $found"; else found_text="这里没有找到"; fi
echo "需要 Python 3.11 或更新的版本，${found_text}：请安装后重试，或用 make run PYTHON=/路径/python3.11 指定" >&2
exit 1
