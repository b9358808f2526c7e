# toolchain.cmake
# Builds for 64-bit Windows with Debian's mingw-w64 (UCRT, the C library of the
# official Wireshark). The same source gives the same DLL, byte for byte.
#
#   PKG_CONFIG_LIBDIR=SDK/lib/pkgconfig cmake -S . -B build-windows -DWireshark_DIR=SDK \
#       -DCMAKE_TOOLCHAIN_FILE=packaging/windows/toolchain.cmake
#
# SDK is what packaging/windows/sdk.py makes. packaging/windows.sh does it all.
#
# SSE Roaming plugin for Wireshark
# SPDX-License-Identifier: GPL-2.0-or-later

set(CMAKE_SYSTEM_NAME Windows)
set(CMAKE_SYSTEM_PROCESSOR AMD64)
set(CMAKE_C_COMPILER x86_64-w64-mingw32ucrt-gcc)
set(CMAKE_RC_COMPILER x86_64-w64-mingw32ucrt-windres)
set(CMAKE_FIND_ROOT_PATH_MODE_PROGRAM NEVER)

# No macro of glib may want a function that an older glib lacks: the official
# Wireshark brings its own.
get_filename_component(sse_source "${CMAKE_CURRENT_LIST_DIR}/../.." ABSOLUTE)
set(CMAKE_C_FLAGS_INIT "-DGLIB_VERSION_MIN_REQUIRED=GLIB_VERSION_2_68 -ffile-prefix-map=${sse_source}/=/")
# As elsewhere, but without what would be stripped again.
set(CMAKE_C_FLAGS_RELWITHDEBINFO "-O2 -DNDEBUG" CACHE STRING "Flags of the compiler")
# No DLL beside ours; no time and no path in it; what Windows has against
# misused memory.
set(CMAKE_MODULE_LINKER_FLAGS_INIT "-static-libgcc -s -Wl,--no-insert-timestamp -Wl,--disable-auto-image-base \
-Wl,--dynamicbase -Wl,--nxcompat -Wl,--high-entropy-va")
