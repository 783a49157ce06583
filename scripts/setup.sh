# Makes sure that this machine can build Quill: a Swift toolchain and five Debian packages.
# Sourced by scripts/quickstart and scripts/test, from the root of the checkout.

say() { printf '\n==> %s\n' "$*"; }
fail() {
  printf '\nError: %s\n' "$*" >&2
  exit 1
}

# Packages that the build links against; gnuplot, which draws figures; and Python, for what scripts/test checks of the sources.
quill_packages=(libopenblas-dev libzstd-dev zlib1g-dev libedit-dev pkg-config gnuplot-nox python3)

is_installed() {
  [ "$(dpkg-query --show --showformat '${db:Status-Status}' "$1" 2>/dev/null)" = installed ] && return 0
  # pkg-config is also provided by pkgconf, and Python by many.
  case $1 in pkg-config | python3) command -v "$1" >/dev/null ;; *) return 1 ;; esac
}

install_packages() {
  local missing=() package
  for package in "${quill_packages[@]}"; do
    is_installed "$package" || missing+=("$package")
  done
  [ ${#missing[@]} -eq 0 ] && return 0

  local as_root=()
  if [ "$(id -u)" -ne 0 ]; then
    command -v sudo >/dev/null ||
      fail "these packages are missing and there is no sudo to install them: ${missing[*]}"
    as_root=(sudo)
  fi
  say "Installing ${missing[*]}"
  export DEBIAN_FRONTEND=noninteractive
  local install=("${as_root[@]}" apt-get install --yes --no-install-recommends "${missing[@]}")
  # The package lists may be missing or old on a fresh machine: then refresh them and try again.
  "${install[@]}" || { "${as_root[@]}" apt-get update && "${install[@]}"; } ||
    fail "apt-get could not install ${missing[*]}"
}

check_swift() {
  command -v swift >/dev/null || fail "no 'swift' on the PATH. Install Swift 6.2 or newer: https://www.swift.org/install/linux/"
  local found version
  # A toolchain whose own libraries are missing says which.
  found=$(swift --version 2>&1) || fail "'swift --version' does not run: $found"
  version=$(sed -n 's/.*Swift version \([0-9]*\.[0-9]*\).*/\1/p' <<<"$found" | head -n 1)
  case "$version" in
    [0-5].* | 6.[01] | "") fail "Swift 6.2 or newer is needed, found '${version:-unknown}': https://www.swift.org/install/linux/" ;;
  esac
}

set_up() {
  command -v apt-get >/dev/null && command -v dpkg-query >/dev/null ||
    fail "this script knows Debian and Ubuntu. Elsewhere install OpenBLAS, zstd, zlib, libedit, pkg-config and gnuplot (with headers) and run 'swift build -c release'."
  install_packages
  check_swift
}
