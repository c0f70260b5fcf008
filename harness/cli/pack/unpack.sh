# unpack ARCHIVE FOLDER: xz is not in every image, nor is Python.
unpack() {
  mkdir -p "$2" || return
  if command -v xz >/dev/null; then
    xz --decompress --stdout "$1"
  else
    python3 -c 'import lzma, shutil, sys
shutil.copyfileobj(lzma.open(sys.argv[1]), sys.stdout.buffer)' "$1"
  fi | tar --extract --file=- --directory="$2" --strip-components=1
}
