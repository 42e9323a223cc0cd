/* Connections to the monitor's socket. Both directions carry frames with Docker's eight-byte header: a type, three
 * zeros, the size in network order. Types: 0 input for the payload (an empty frame ends it), 1 stdout, 2 stderr,
 * 3 a record (record.h). */
#include "monitor.h"

#include <arpa/inet.h>
#include <errno.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/uio.h>
#include <unistd.h>

void clients_close(struct client *client)
{
    close(client->fd);
    client->fd = -1;
}

/* Only root may talk to us, whatever the modes of the directories say (SO_PEERCRED, unix(7)). */
void clients_accept(struct monitor *monitor)
{
    struct ucred peer;
    socklen_t size = sizeof peer;
    int fd = accept4(monitor->listener, NULL, NULL, SOCK_CLOEXEC | SOCK_NONBLOCK);
    if (fd < 0) return;
    bool welcome = getsockopt(fd, SOL_SOCKET, SO_PEERCRED, &peer, &size) == 0 && peer.uid == geteuid();
    for (size_t i = 0; welcome && i < CLIENTS_MAX; i++) {
        if (monitor->clients[i].fd >= 0) continue;
        int room = 1 << 20;
        setsockopt(fd, SOL_SOCKET, SO_SNDBUFFORCE, &room, sizeof room); /* else the default, which is smaller */
        monitor->clients[i].fd = fd;
        monitor->clients[i].in_size = 0;
        monitor->clients[i].output = monitor->clients[i].input = false;
        return;
    }
    close(fd);
}

/* Sends a frame. A client that leaves a megabyte unread is dropped, so that it can neither stop the payload nor make us
 * keep what it does not want. */
static void send_frame(struct client *client, unsigned char type, const char *bytes, size_t size)
{
    char header[8] = {(char)type};
    uint32_t length = htonl((uint32_t)size);
    memcpy(header + 4, &length, 4);
    struct iovec parts[] = {{header, sizeof header}, {(char *)(uintptr_t)bytes, size}};
    struct msghdr frame = {.msg_iov = parts, .msg_iovlen = 2};
    ssize_t sent;
    do sent = sendmsg(client->fd, &frame, MSG_NOSIGNAL | MSG_DONTWAIT);
    while (sent < 0 && errno == EINTR);
    if (sent != (ssize_t)(sizeof header + size)) clients_close(client);
}

void clients_broadcast(struct monitor *monitor, unsigned char stream, const char *bytes, size_t size)
{
    for (size_t i = 0; i < CLIENTS_MAX; i++)
        if (monitor->clients[i].fd >= 0 && monitor->clients[i].output) send_frame(&monitor->clients[i], stream, bytes, size);
}

static bool take_frame(struct monitor *monitor, struct client *client, size_t size)
{
    char *bytes = client->in + 8;
    if (client->in[0] == 0) {
        if (!client->input) return false;
        if (size == 0) streams_end_input(monitor);
        else streams_take_input(monitor, bytes, size);
        return true;
    }
    struct record record;
    if (client->in[0] != 3 || record_parse(bytes, size, &record) != (ptrdiff_t)size || size == 0) return false;
    if (strcmp(record.op, "attach") == 0) {
        client->output = record_get(&record, "output") != NULL;
        client->input = record_get(&record, "input") != NULL;
    }
    monitor_command(monitor, &record);
    record_free(&record);
    return true;
}

/* Takes the frames that are complete. Input that the payload has no room for stays in the socket. */
void clients_read(struct monitor *monitor, struct client *client)
{
    ssize_t got = recv(client->fd, client->in + client->in_size, sizeof client->in - client->in_size, MSG_DONTWAIT);
    if (got < 0 && (errno == EAGAIN || errno == EINTR)) return;
    client->in_size += got > 0 ? (size_t)got : 0;
    bool good = got > 0;
    while (good && client->in_size >= 8) {
        uint32_t length;
        memcpy(&length, client->in + 4, 4);
        size_t size = ntohl(length);
        good = size <= INPUT_MAX;
        if (!good || client->in_size < 8 + size) break;
        good = take_frame(monitor, client, size);
        client->in_size -= 8 + size;
        memmove(client->in, client->in + 8 + size, client->in_size);
    }
    if (!good) clients_close(client);
}
