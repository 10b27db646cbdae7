/* A bad disk, for tests: loaded before libc (LD_PRELOAD) into the programs under test.
 *
 * BAD_DISK_UNDER   files whose path begins so are on the bad disk; all others are left alone
 * BAD_DISK         what is bad about it:
 *   fail:ERRNO:N:COUNT  the N-th change (write, sync, truncation) and COUNT - 1 after it fail with
 *                       that errno; COUNT 0 is all from there on, and files then open for reading
 *                       only where ERRNO is EROFS
 *   power:N:SEED        at the N-th change the power fails: what was not synced is dropped, torn at
 *                       sectors of 512 bytes, or kept, by the seed; the process ends by SIGKILL
 *   slow:MS             each sync takes so many milliseconds more
 *   full-while:PATH     while there is a file of that name the disk is full: every change fails with ENOSPC
 *
 * BAD_DISK_LIES    if set, a sync says that it is done and syncs nothing
 *
 * Names of files (creation, renaming, removal) are taken to be on the disk at once. Shared memory
 * of SQLite (-shm) is no data and is left alone.
 */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum { SECTOR = 512, FDS = 4096 };

struct file { dev_t dev; ino_t ino; int fd; off_t synced_size; struct file *next; };
struct undo { struct file *file; off_t at; size_t length; size_t had; char *old; struct undo *next; };

static pthread_mutex_t mutex = PTHREAD_MUTEX_INITIALIZER;
static struct file *on_disk[FDS], *files;
static struct undo *undos;
static const char *under, *full_while;
static int fails, error_number, power, lies;
static long nth, count, changes, slow;
static unsigned long long seed;

static ssize_t (*real_write)(int, const void *, size_t);
static ssize_t (*real_pwrite)(int, const void *, size_t, off_t);
static int (*real_open)(const char *, int, ...);
static int (*real_openat)(int, const char *, int, ...);
static int (*real_close)(int);
static int (*real_fsync)(int);
static int (*real_fdatasync)(int);
static int (*real_ftruncate)(int, off_t);

__attribute__((constructor)) static void begin(void) {
  real_write = dlsym(RTLD_NEXT, "write");
  real_pwrite = dlsym(RTLD_NEXT, "pwrite");
  real_open = dlsym(RTLD_NEXT, "open");
  real_openat = dlsym(RTLD_NEXT, "openat");
  real_close = dlsym(RTLD_NEXT, "close");
  real_fsync = dlsym(RTLD_NEXT, "fsync");
  real_fdatasync = dlsym(RTLD_NEXT, "fdatasync");
  real_ftruncate = dlsym(RTLD_NEXT, "ftruncate");
  under = getenv("BAD_DISK_UNDER");
  lies = getenv("BAD_DISK_LIES") != NULL;
  const char *how = getenv("BAD_DISK");
  if (!how) return;
  fails = sscanf(how, "fail:%d:%ld:%ld", &error_number, &nth, &count) == 3;
  power = sscanf(how, "power:%ld:%llu", &nth, &seed) == 2;
  if (sscanf(how, "slow:%ld", &slow) != 1) slow = 0;
  if (!strncmp(how, "full-while:", 11)) full_while = how + 11;
}

static unsigned chance(void) {
  seed = seed * 6364136223846793005ULL + 1442695040888963407ULL;
  return (unsigned)(seed >> 33);
}

static void power_fails(void) {
  unsigned how = chance() % 3; /* drop all, tear, keep all */
  for (struct undo *it = undos; it; it = it->next) {
    off_t end = it->at + (off_t)it->length;
    for (off_t from = it->at, to; from < end; from = to) {
      to = (from / SECTOR + 1) * SECTOR;
      if (to > end) to = end;
      if (how == 2 || (how == 1 && chance() % 2)) continue;
      static const char zeros[SECTOR];
      size_t begin = (size_t)(from - it->at), length = (size_t)(to - from);
      size_t old = begin < it->had ? it->had - begin : 0;
      if (old > length) old = length;
      if (old) real_pwrite(it->file->fd, it->old + begin, old, from);
      if (length > old) real_pwrite(it->file->fd, zeros, length - old, from + (off_t)old);
    }
  }
  for (struct file *it = files; it; it = it->next) {
    struct stat now;
    if (how == 2 || it->synced_size < 0 || (how == 1 && chance() % 2)) continue;
    if (!fstat(it->fd, &now) && now.st_size > it->synced_size)
      real_ftruncate(it->fd, it->synced_size);
  }
  kill(getpid(), SIGKILL);
  for (;;) pause();
}

/* A change of a file on the bad disk begins; 0, or the errno that it fails with. */
static int change(void) {
  changes++;
  if (full_while && !access(full_while, F_OK)) return ENOSPC;
  if (power && changes == nth) power_fails();
  if (fails && changes >= nth && (count == 0 || changes < nth + count)) return error_number;
  return 0;
}

static struct file *known(int fd) { return fd >= 0 && fd < FDS ? on_disk[fd] : NULL; }

static void opened(int fd, const char *path, int flags) {
  if (fd < 0 || fd >= FDS) return;
  size_t length = strlen(path);
  int ours = under && !strncmp(path, under, strlen(under)) && (flags & (O_WRONLY | O_RDWR));
  if (length > 4 && !strcmp(path + length - 4, "-shm")) ours = 0;
  pthread_mutex_lock(&mutex);
  on_disk[fd] = NULL;
  struct stat it;
  if (ours && !fstat(fd, &it) && S_ISREG(it.st_mode)) {
    struct file *file = files;
    while (file && (file->dev != it.st_dev || file->ino != it.st_ino)) file = file->next;
    if (!file && (file = calloc(1, sizeof *file))) {
      char self[64];
      snprintf(self, sizeof self, "/proc/self/fd/%d", fd);
      /* Never closed: closing any descriptor of a file would drop SQLite's locks on it. */
      file->fd = real_open(self, O_RDWR | O_CLOEXEC);
      file->dev = it.st_dev;
      file->ino = it.st_ino;
      file->synced_size = it.st_size;
      file->next = files;
      files = file;
    }
    on_disk[fd] = file;
  }
  pthread_mutex_unlock(&mutex);
}

static int read_only(const char *path, int flags) {
  return fails && error_number == EROFS && changes + 1 >= nth && under &&
         !strncmp(path, under, strlen(under)) && (flags & (O_WRONLY | O_RDWR | O_CREAT));
}

#define OPEN(call)                                                   \
  mode_t mode = 0;                                                   \
  if (flags & (O_CREAT | O_TMPFILE)) {                               \
    va_list rest;                                                    \
    va_start(rest, flags);                                           \
    mode = va_arg(rest, mode_t);                                     \
    va_end(rest);                                                    \
  }                                                                  \
  if (read_only(path, flags)) {                                      \
    errno = EROFS;                                                   \
    return -1;                                                       \
  }                                                                  \
  int fd = call;                                                     \
  opened(fd, path, flags);                                           \
  return fd;

int open(const char *path, int flags, ...) { OPEN(real_open(path, flags, mode)) }
int open64(const char *path, int flags, ...) { OPEN(real_open(path, flags | O_LARGEFILE, mode)) }
int openat(int at, const char *path, int flags, ...) { OPEN(real_openat(at, path, flags, mode)) }
int openat64(int at, const char *path, int flags, ...) { OPEN(real_openat(at, path, flags, mode)) }

int close(int fd) {
  if (fd >= 0 && fd < FDS) on_disk[fd] = NULL;
  return real_close(fd);
}

/* Keeps what stands at [at, at + length) until the file is synced. */
static void remember(struct file *file, off_t at, size_t length) {
  struct undo *it = calloc(1, sizeof *it);
  if (!it || !power || !length) {
    free(it);
    return;
  }
  it->file = file;
  it->at = at;
  it->length = length;
  it->old = malloc(length);
  ssize_t had = it->old ? pread(file->fd, it->old, length, at) : 0;
  it->had = had > 0 ? (size_t)had : 0;
  it->next = undos;
  undos = it;
}

static void forget(struct file *file) {
  struct undo **at = &undos;
  while (*at) {
    struct undo *it = *at;
    if (it->file != file) {
      at = &it->next;
      continue;
    }
    *at = it->next;
    free(it->old);
    free(it);
  }
  struct stat now;
  file->synced_size = fstat(file->fd, &now) ? -1 : now.st_size;
}

#define BEGIN                                                        \
  struct file *file = known(fd);                                     \
  pthread_mutex_lock(&mutex);                                        \
  int bad = change();                                                \
  if (bad) {                                                         \
    pthread_mutex_unlock(&mutex);                                    \
    errno = bad;                                                     \
    return -1;                                                       \
  }

ssize_t write(int fd, const void *data, size_t length) {
  if (!known(fd)) return real_write(fd, data, length);
  BEGIN
  struct stat now;
  int append = fcntl(fd, F_GETFL) & O_APPEND;
  off_t at = append && !fstat(fd, &now) ? now.st_size : lseek(fd, 0, SEEK_CUR);
  remember(file, at, length);
  ssize_t done = real_write(fd, data, length);
  pthread_mutex_unlock(&mutex);
  return done;
}

ssize_t pwrite(int fd, const void *data, size_t length, off_t at) {
  if (!known(fd)) return real_pwrite(fd, data, length, at);
  BEGIN
  remember(file, at, length);
  ssize_t done = real_pwrite(fd, data, length, at);
  pthread_mutex_unlock(&mutex);
  return done;
}
ssize_t pwrite64(int fd, const void *data, size_t length, off_t at) {
  return pwrite(fd, data, length, at);
}

static int sync_with(int (*real)(int), int fd) {
  if (!known(fd)) return real(fd);
  if (slow > 0) usleep((useconds_t)slow * 1000);
  BEGIN
  int done = real(fd);
  if (!done && !lies) forget(file);
  pthread_mutex_unlock(&mutex);
  return done;
}
int fsync(int fd) { return sync_with(real_fsync, fd); }
int fdatasync(int fd) { return sync_with(real_fdatasync, fd); }

int ftruncate(int fd, off_t length) {
  if (!known(fd)) return real_ftruncate(fd, length);
  BEGIN
  struct stat now;
  if (!fstat(fd, &now) && now.st_size > length) {
    remember(file, length, (size_t)(now.st_size - length));
    if (file->synced_size > length) file->synced_size = now.st_size;
  }
  int done = real_ftruncate(fd, length);
  pthread_mutex_unlock(&mutex);
  return done;
}
int ftruncate64(int fd, off_t length) { return ftruncate(fd, length); }
