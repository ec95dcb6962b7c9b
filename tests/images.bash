# Images put together by hand (tests/tools/images.py): `images <<'PY'` runs lines of Python with it, $D as D.
images() { D=$D PYTHONPATH=$TREE/tests/tools PYTHONDONTWRITEBYTECODE=1 python3 -c 'import os, sys; from images import *; D = os.environ["D"]; exec(sys.stdin.read())'; }
