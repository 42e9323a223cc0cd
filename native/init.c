/* The container's init (`--init`): process 1 that hands signals to the payload and reaps what is orphaned. It is this
 * helper itself, running from its sealed copy, so nothing is put into the container's files. */
#include "launch.h"

/* From here on nothing of our own may end the process before the payload has ended. */
_Noreturn void launch_init(pid_t payload)
{
    sigset_t all;
    int payload_status = 0;
    prctl(PR_SET_NAME, "brig: init");
    close_range(3, ~0u, 0); /* also the host's socket: its end of file then means that the payload was executed */
    sigfillset(&all);
    sigprocmask(SIG_BLOCK, &all, NULL);
    for (bool alive = true; alive;) {
        int number = sigwaitinfo(&all, NULL);
        if (number > 0 && number != SIGCHLD) kill(payload, number);
        for (int status; number == SIGCHLD;) {
            pid_t ended = waitpid(-1, &status, WNOHANG);
            if (ended <= 0) break;
            if (ended != payload) continue;
            payload_status = status;
            alive = false;
        }
    }
    _exit(WIFSIGNALED(payload_status) ? 128 + WTERMSIG(payload_status) : WEXITSTATUS(payload_status));
}
