"""`make clean-data`: removes the local portal's data, after asking."""

import os
import shutil
import sys

from community_portal import config
from community_portal.local.errors import ServiceError
from community_portal.local.services import nobody_holds


def main() -> int:
    """Ask, then delete `var`. Returns 1 when the answer is no or the portal is running."""
    var = config.var_dir(dict(os.environ))
    if not var.exists():
        print(f"{var} 不存在，没有可删除的数据")
        return 0
    try:
        with nobody_holds(var):
            answer = input(f"将永久删除 {var} 里的全部数据（居民、工单、日志、密钥）。输入 yes 确认：")
            if answer.strip().lower() != "yes":
                print("没有删除任何数据")
                return 1
            shutil.rmtree(var)
    except (EOFError, KeyboardInterrupt):
        print("\n没有删除任何数据")
        return 1
    except ServiceError as error:
        print(error)
        return 1
    print("已删除")
    return 0


if __name__ == "__main__":
    sys.exit(main())
