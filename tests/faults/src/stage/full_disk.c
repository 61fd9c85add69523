/* Lets a program meet a full disk while the file FULL_DISK_FLAG exists. What is not a regular file
   (sockets, pipes, logs on them) is written as ever. */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <sys/types.h>
#include <sys/uio.h>
#include <unistd.h>

static int full(int file, off_t end) {
    struct stat state;
    const char *flag = getenv("FULL_DISK_FLAG");
    if (!flag || access(flag, F_OK) != 0)
        return 0;
    /* As on a real one, what has its place already can be written over. */
    return fstat(file, &state) == 0 && S_ISREG(state.st_mode) && end > (off_t)state.st_blocks * 512;
}

#define REAL(name, result, ...) \
    static result (*real)(__VA_ARGS__); \
    if (!real) real = (result (*)(__VA_ARGS__))dlsym(RTLD_NEXT, name)

ssize_t pwrite(int file, const void *bytes, size_t length, off_t at) {
    REAL("pwrite", ssize_t, int, const void *, size_t, off_t);
    if (full(file, at + (off_t)length)) { errno = ENOSPC; return -1; }
    return real(file, bytes, length, at);
}

ssize_t pwrite64(int file, const void *bytes, size_t length, off_t at) {
    return pwrite(file, bytes, length, at);
}

ssize_t pwritev(int file, const struct iovec *parts, int count, off_t at) {
    REAL("pwritev", ssize_t, int, const struct iovec *, int, off_t);
    off_t end = at;
    for (int i = 0; i < count; i++)
        end += (off_t)parts[i].iov_len;
    if (full(file, end)) { errno = ENOSPC; return -1; }
    return real(file, parts, count, at);
}

ssize_t pwritev64(int file, const struct iovec *parts, int count, off_t at) {
    return pwritev(file, parts, count, at);
}

ssize_t write(int file, const void *bytes, size_t length) {
    REAL("write", ssize_t, int, const void *, size_t);
    if (file > 2 && full(file, lseek(file, 0, SEEK_CUR) + (off_t)length)) { errno = ENOSPC; return -1; }
    return real(file, bytes, length);
}

int posix_fallocate(int file, off_t at, off_t length) {
    REAL("posix_fallocate", int, int, off_t, off_t);
    return full(file, at + length) ? ENOSPC : real(file, at, length);
}

int posix_fallocate64(int file, off_t at, off_t length) {
    return posix_fallocate(file, at, length);
}
