/* Connections to the monitor's socket, with Docker's eight-byte header in both directions: a type, three zeros, the size
 * in network order. Types: 0 input for the payload (an empty frame ends it), 1 stdout, 2 stderr, 3 a record (record.h). */
#include "monitor.h"

#include <arpa/inet.h>
#include <sys/uio.h>

/* The payload stands still while a client wants that, and no longer than it is there. */
static void freeze(struct monitor *monitor, struct client *client, bool freezes)
{
    struct launch *launch = monitor->launch;
    if (client->freezes == freezes || group_open(launch) < 0) return;
    client->freezes = path_write(&launch->journal, launch->cgroup, "cgroup.freeze", freezes ? "1" : "0") == 0 && freezes;
    close_owned(&launch->cgroup);
}

void clients_close(struct monitor *monitor, struct client *client)
{
    freeze(monitor, client, false);
    if (client->ends) streams_end_input(monitor);
    client->freezes = client->ends = false;
    close_owned(&client->fd);
    client->unsent = 0;
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
        monitor->clients[i] = (struct client){.fd = fd};
        if (i == CLIENTS_MAX - 1) send(fd, "\3\0\0\0\0\0\0\6full\0", 14, MSG_NOSIGNAL | MSG_DONTWAIT);
        return;
    }
    close(fd);
}

/* Sends what is left of the frame with the piece of output in hand. */
void clients_send(struct monitor *monitor, struct client *client)
{
    char header[8] = {(char)(monitor->held_stream + 1)};
    uint32_t length = htonl((uint32_t)monitor->held_total);
    memcpy(header + 4, &length, 4);
    size_t done = sizeof header + monitor->held_total - client->unsent, skipped = done < sizeof header ? done : sizeof header;
    struct iovec parts[] = {{header + skipped, sizeof header - skipped},
                            {monitor->held + (done - skipped), monitor->held_total - (done - skipped)}};
    struct msghdr frame = {.msg_iov = parts, .msg_iovlen = 2};
    ssize_t sent = sendmsg(client->fd, &frame, MSG_NOSIGNAL | MSG_DONTWAIT);
    if (sent >= 0) client->unsent -= (size_t)sent;
    else if (errno != EAGAIN && errno != EINTR) clients_close(monitor, client);
}

void clients_broadcast(struct monitor *monitor)
{
    for (size_t i = 0; i < CLIENTS_MAX; i++) {
        struct client *client = &monitor->clients[i];
        if (client->fd < 0 || !client->output) continue;
        client->unsent = 8 + monitor->held_total;
        clients_send(monitor, client);
    }
}

bool clients_wait(const struct monitor *monitor)
{
    for (size_t i = 0; i < CLIENTS_MAX; i++)
        if (monitor->clients[i].unsent > 0) return true;
    return false;
}

/* A client holds the payload back, as a pipe would, but only for so long: one that does not read at all is dropped.
 * Returns how many milliseconds are left to those that we wait for, -1 when there are none. */
int clients_patience(struct monitor *monitor)
{
    if (!clients_wait(monitor)) return -1;
    uint64_t waited = (journal_clock() - monitor->held_since) / 1000000;
    if (waited < CLIENT_PATIENCE_MS) return (int)(CLIENT_PATIENCE_MS - waited);
    for (size_t i = 0; i < CLIENTS_MAX; i++)
        if (monitor->clients[i].unsent > 0) clients_close(monitor, &monitor->clients[i]);
    return 0;
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
        client->ends = record_get(&record, "ends") != NULL; /* the payload's input, however it ends itself */
    }
    if (strcmp(record.op, "freeze") == 0) freeze(monitor, client, true);
    monitor_command(monitor, &record);
    return true;
}

/* Takes the frames that are complete. Input that the payload has no room for stays in the socket. */
void clients_read(struct monitor *monitor, struct client *client)
{
    ssize_t got = recv(client->fd, client->in + client->in_size, sizeof client->in - client->in_size, MSG_DONTWAIT);
    if (got < 0 && (errno == EAGAIN || errno == EINTR)) return;
    client->in_size += got > 0 ? (size_t)got : 0;
    bool good = got > 0 && client != &monitor->clients[CLIENTS_MAX - 1];
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
    if (!good) clients_close(monitor, client);
}
