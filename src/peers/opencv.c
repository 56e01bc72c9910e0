/* SPDX-License-Identifier: Apache-2.0
 *
 * The process and its protocol, over one pair of sockets that is its standard input and output: it takes the input's
 * floats, answers with a line ("ok VERSION", "absent WHY" or "error WHY"), and then with eight bytes of nanoseconds to
 * each byte. When we go, it reads the end and goes too. A socket, because writing to one that has lost its other end
 * can be told not to raise a signal.
 */
#include "peers/opencv.h"

#include <errno.h>
#include <poll.h>
#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/error.h"

enum { ANSWER_LIMIT_MS = 60000, LINE_BYTES = 512, SHAPE_BYTES = 128 };

/* Debian's cv2 belongs to Debian's Python, whichever python3 comes first in PATH. */
#define PYTHON "/usr/bin/python3"

static const char script[] = "import os, struct, sys, time\n"
                             "path, shape = sys.argv[1], [int(d) for d in sys.argv[2].split('x')]\n"
                             "count = 4\n"
                             "for d in shape:\n"
                             "    count *= d\n"
                             "data = sys.stdin.buffer.read(count)\n"
                             "def say(*words):\n"
                             "    text = ' '.join(' '.join(words).split())[:480] + '\\n'\n"
                             "    os.write(1, text.encode('utf-8', 'replace'))\n"
                             "try:\n"
                             "    import cv2, numpy\n"
                             "except Exception as error:\n"
                             "    say('absent', str(error))\n"
                             "    raise SystemExit\n"
                             "try:\n"
                             "    cv2.setNumThreads(1)\n"
                             "    net = cv2.dnn.readNetFromONNX(path)\n"
                             "    names = net.getUnconnectedOutLayersNames()\n"
                             "    blob = numpy.frombuffer(data, numpy.float32).reshape(shape)\n"
                             "    net.setInput(blob)\n"
                             "    net.forward(names)\n"
                             "except Exception as error:\n"
                             "    say('error', str(error))\n"
                             "    raise SystemExit\n"
                             "say('ok', cv2.__version__)\n"
                             "while os.read(0, 1):\n"
                             "    begin = time.perf_counter_ns()\n"
                             "    net.setInput(blob)\n"
                             "    net.forward(names)\n"
                             "    os.write(1, struct.pack('=q', time.perf_counter_ns() - begin))\n";

struct psb_opencv {
    pid_t process; /* 0 = none */
    int socket;    /* ours; -1 = none */
    char version[PSB_OPENCV_VERSION_BYTES];
};

extern char **environ; /* POSIX declares it nowhere */

static psb_status fail_absent(const char *why)
{
    return psb_fail(PSB_ENVIRONMENT, "found no OpenCV for %s to compare with (%s): \"make peers\" installs the peers",
                    PYTHON, why);
}

static psb_status start(psb_opencv *self, const char *path, const char *shape)
{
    int ends[2];
    if (access(PYTHON, X_OK) != 0) return fail_absent("no such program");
    if (socketpair(AF_UNIX, SOCK_STREAM, 0, ends) != 0) return psb_fail_system("OpenCV", "making a socket", errno);
    self->socket = ends[0];
    char *const arguments[] = {(char[]){PYTHON},        (char[]){"-c"},           (char *)(uintptr_t)script,
                               (char *)(uintptr_t)path, (char *)(uintptr_t)shape, NULL};
    posix_spawn_file_actions_t actions;
    int error = posix_spawn_file_actions_init(&actions);
    if (!error) {
        error = posix_spawn_file_actions_adddup2(&actions, ends[1], STDIN_FILENO);
        if (!error) error = posix_spawn_file_actions_adddup2(&actions, ends[1], STDOUT_FILENO);
        if (!error) error = posix_spawn_file_actions_addopen(&actions, STDERR_FILENO, "/dev/null", 1, 0);
        if (!error) error = posix_spawn_file_actions_addclose(&actions, ends[0]);
        if (!error) error = posix_spawn_file_actions_addclose(&actions, ends[1]);
        if (!error) error = posix_spawn(&self->process, PYTHON, &actions, NULL, arguments, environ);
        posix_spawn_file_actions_destroy(&actions);
    }
    close(ends[1]);
    if (!error) return PSB_OK;
    self->process = 0;
    return psb_fail_output(PYTHON, "starting it", error);
}

static psb_status fail_gone(void)
{
    return psb_fail(PSB_ENVIRONMENT, "OpenCV: its process ended, or did not answer within a minute");
}

static psb_status give(const psb_opencv *self, const void *data, size_t size_bytes)
{
    const char *at = data;
    while (size_bytes > 0) {
        const ssize_t sent = send(self->socket, at, size_bytes, MSG_NOSIGNAL);
        if (sent < 0 && errno == EINTR) continue;
        if (sent <= 0) return fail_gone();
        at += sent;
        size_bytes -= (size_t)sent;
    }
    return PSB_OK;
}

static psb_status take(const psb_opencv *self, void *data, size_t size_bytes)
{
    char *at = data;
    while (size_bytes > 0) {
        struct pollfd wait = {.fd = self->socket, .events = POLLIN};
        const int ready = poll(&wait, 1, ANSWER_LIMIT_MS);
        if (ready < 0 && errno == EINTR) continue;
        const ssize_t got = ready > 0 ? recv(self->socket, at, size_bytes, 0) : 0;
        if (got <= 0) return fail_gone();
        at += got;
        size_bytes -= (size_t)got;
    }
    return PSB_OK;
}

static psb_status take_line(const psb_opencv *self, char line[LINE_BYTES])
{
    psb_status status = PSB_OK;
    int32_t length = 0;
    do status = take(self, &line[length], 1);
    while (!status && line[length] != '\n' && ++length < LINE_BYTES - 1);
    line[length] = '\0';
    return status;
}

static psb_status greet(psb_opencv *self, const char *path, const psb_peer_input *input)
{
    char line[LINE_BYTES];
    size_t size_bytes = sizeof(float);
    for (int32_t d = 0; d < input->rank; d++) size_bytes *= (size_t)input->dims[d];
    psb_status status = give(self, input->values, size_bytes);
    if (!status) status = take_line(self, line);
    if (status) return status;
    if (strncmp(line, "absent ", 7) == 0) return fail_absent(line + 7);
    if (strncmp(line, "ok ", 3) != 0)
        return psb_fail(PSB_UNSUPPORTED, "%s: OpenCV: %s", path, line + strcspn(line, " "));
    line[3 + sizeof(self->version) - 1] = '\0';
    memcpy(self->version, line + 3, sizeof(self->version));
    return PSB_OK;
}

psb_status psb_opencv_open(psb_opencv **out, const char *onnx_path, const psb_peer_input *input)
{
    char shape[SHAPE_BYTES] = "";
    *out = NULL;
    psb_opencv *self = calloc(1, sizeof(*self));
    if (!self) return psb_fail_memory("OpenCV", sizeof(*self));
    self->socket = -1;
    for (int32_t d = 0; d < input->rank; d++) {
        const size_t used = strlen(shape);
        snprintf(shape + used, sizeof(shape) - used, "%s%lld", d ? "x" : "", (long long)input->dims[d]);
    }
    psb_status status = start(self, onnx_path, shape);
    if (!status) status = greet(self, onnx_path, input);
    if (!status) {
        *out = self;
        self = NULL;
    }
    psb_opencv_close(&self);
    return status;
}

void psb_opencv_close(psb_opencv **opencv)
{
    if (!opencv || !*opencv) return;
    psb_opencv *old = *opencv;
    if (old->socket >= 0) close(old->socket);
    if (old->process > 0)
        while (waitpid(old->process, NULL, 0) < 0 && errno == EINTR) continue;
    free(old);
    *opencv = NULL;
}

const char *psb_opencv_version(const psb_opencv *opencv)
{
    return opencv->version;
}

psb_status psb_opencv_run(void *user, int64_t *duration_ns_out)
{
    const psb_opencv *self = user;
    psb_status status = give(self, "r", 1);
    if (!status) status = take(self, duration_ns_out, sizeof(*duration_ns_out));
    return status;
}
