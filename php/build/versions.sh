# What php.wasm is made of, with the SHA-256 of each package's .dsc or .deb. A
# .dsc holds the digests of the sources that it describes. What an archive no
# longer has gives way to the newest that one of its suites does have; the
# manifest says what was really used.

# The suite that is looked in besides the machine's own.
SUITE=trixie

# Package, version, kind, digest.
PACKAGES='
php8.4        8.4.24-1~deb13u1                         source fd84ce153abc1af23514100a25d04acd3c728f5c4b5c30c3e1a0788ef9c780eb
sqlite3       3.46.1-7+deb13u2                         source 46e1eec171e11108fc436e45309b635b601029726b6ffd3bf435bb474e511638
libxml2       2.12.7+dfsg+really2.9.14-2.1+deb13u3     source 04b1da890535b11e3db231f39114ee09e643badceff79441d749d0ca78efaaa5
zlib          1:1.3.dfsg+really1.3.1-1                 source ede2791e29c1d3b422f9208bdd7edf040c20445ea1e7453a72037576e64fa197
libpng1.6     1.6.48-1+deb13u5                         source 746ec351ac044becb16725b903aee2c53815da9f89630767b6edbb317a50f98e
libjpeg-turbo 1:2.1.5-2                                source d718ead0dfbcbc8523665c02a7f7152e31039ded641d022868722623bb3b486d
libwebp       1.5.0-0.1                                source 2e7be6f202ebfaac738278bebc10b151768aef60857e63734018ced4d59b9c9a
libzip        1.7.3-1                                  source 2b905c3e6277bb4ae62c4464c5c7bbbd6661715d5b3c0f94523c34df6d1f4d1e
libonig       6.9.9-1                                  source c20de5d65f043340e776db59d6cfd1599a9e5260f853e48cef9149e13c4bfe06
libsodium     1.0.18-1+deb13u1                         source 6954dd20ba6576b98802cd89fb7661c724d86e628da4af6cea6fac195534b628
wasi-libc     0.0~git20241209.574b88d-2                binary b7716260051d289248b7667f81fa2792c125d888ff51da3fa09c6272cc0bd11d
'

BINARYEN_VERSION=132.0.0

# Installed on this machine, from its own suite, if missing: package and a file
# that tells it is there.
TOOLS=(
  clang-19:/usr/bin/clang-19
  lld-19:/usr/bin/wasm-ld-19
  llvm-19:/usr/bin/llvm-ar-19
  libclang-rt-19-dev-wasm32:/usr/lib/llvm-19/lib/clang/19/lib/wasi/libclang_rt.builtins-wasm32.a
  make:/usr/bin/make
  dpkg-dev:/usr/bin/dpkg-source
  libc6-dev:/usr/include/stdio.h
  tcl:/usr/bin/tclsh
  xz-utils:/usr/bin/xz
)
