/** What each capability and each group of system calls is good for, by what it is in English. */
export const capabilityReasons: Readonly<Record<string, string>> = {
  "It gives files to other users.": "파일의 소유자를 다른 사용자로 바꿀 수 있습니다.",
  "It reads and writes files whatever their mode says.": "파일의 접근 권한과 상관없이 읽고 쓸 수 있습니다.",
  "It reads any file, and opens files by handles that lead out of a mount.":
    "어떤 파일이든 읽을 수 있고, 핸들로 마운트 바깥의 파일까지 열 수 있습니다.",
  "It changes modes and times of files of others.": "다른 사용자의 파일의 접근 권한과 시각을 바꿀 수 있습니다.",
  "It keeps the set-user-ID bit of a file that it writes to.": "파일에 써도 set-user-ID 비트가 지워지지 않습니다.",
  "It signals processes of other users.": "다른 사용자의 프로세스에 시그널을 보낼 수 있습니다.",
  "It takes on any group.": "어떤 그룹이든 될 수 있습니다.",
  "It takes on any user.": "어떤 사용자든 될 수 있습니다.",
  "It drops capabilities from the bounding set.": "바운딩 집합에서 capability를 뺄 수 있습니다.",
  "It makes files that nobody can change or remove.": "아무도 바꾸거나 지우지 못하는 파일을 만들 수 있습니다.",
  "It binds ports below 1024.": "1024보다 낮은 포트를 쓸 수 있습니다.",
  "It was meant for broadcasts, and nothing asks for it.":
    "브로드캐스트를 위해 만들어졌지만 실제로 확인하는 곳이 없습니다.",
  "It changes interfaces, routes and packet filters, and reaches much kernel code.":
    "인터페이스, 경로, 패킷 필터를 바꿀 수 있고 커널 코드의 넓은 부분에 닿습니다.",
  "It forges packets of its network and listens to those of others.":
    "자기 네트워크에서 패킷을 위조하고 남의 패킷을 엿들을 수 있습니다.",
  "It keeps memory from being swapped out, without a limit.": "메모리를 스왑되지 않게 한도 없이 붙잡아 둘 수 있습니다.",
  "It uses shared memory and queues of other users.": "다른 사용자의 공유 메모리와 큐를 쓸 수 있습니다.",
  "It loads code into the kernel.": "커널에 코드를 적재할 수 있습니다.",
  "It reads and writes ports and memory of the hardware.": "하드웨어의 포트와 메모리를 읽고 쓸 수 있습니다.",
  "It changes its root directory.": "자신의 루트 디렉터리를 바꿀 수 있습니다.",
  "It traces and reads processes of other users.": "다른 사용자의 프로세스를 추적하고 읽을 수 있습니다.",
  "It turns the accounting of processes on and off.": "프로세스 회계 기록을 켜고 끌 수 있습니다.",
  "It mounts file systems and does most of what only an administrator may.":
    "파일 시스템을 마운트하고, 관리자만 할 수 있는 일을 거의 다 할 수 있습니다.",
  "It restarts the machine or loads another kernel.": "기계를 재시작하거나 다른 커널을 적재할 수 있습니다.",
  "It takes processor time from others by priorities and policies.":
    "우선순위와 스케줄링 정책으로 남의 CPU 시간을 가로챌 수 있습니다.",
  "It goes beyond limits and reserves.": "한도를 넘고 예비분까지 쓸 수 있습니다.",
  "It sets the clock of the machine.": "기계의 시계를 맞출 수 있습니다.",
  "It hangs up terminals.": "터미널의 연결을 끊을 수 있습니다.",
  "It makes device nodes.": "장치 노드를 만들 수 있습니다.",
  "It is told before files of others are opened, and holds the opener up.":
    "남의 파일이 열리기 전에 통지를 받고, 여는 쪽을 기다리게 할 수 있습니다.",
  "It writes records into the audit log of the kernel.": "커널의 감사 로그에 기록을 쓸 수 있습니다.",
  "It changes what the kernel audits.": "커널이 무엇을 감사할지 바꿀 수 있습니다.",
  "It gives capabilities to files.": "파일에 capability를 줄 수 있습니다.",
  "It overrides a security module.": "보안 모듈의 제한을 무시할 수 있습니다.",
  "It changes the rules of a security module.": "보안 모듈의 규칙을 바꿀 수 있습니다.",
  "It reads and clears the kernel's messages and sees its addresses.":
    "커널 메시지를 읽고 지우며 커널의 주소를 볼 수 있습니다.",
  "It wakes the machine from sleep.": "잠든 기계를 깨울 수 있습니다.",
  "It keeps the machine from sleeping.": "기계가 잠들지 못하게 할 수 있습니다.",
  "It reads the audit log of the kernel.": "커널의 감사 로그를 읽을 수 있습니다.",
  "It measures what the whole machine does.": "기계 전체의 동작을 측정할 수 있습니다.",
  "It loads programs into the kernel.": "커널에 프로그램을 적재할 수 있습니다.",
  "It chooses ids of new processes and reads maps of others.":
    "새 프로세스의 ID를 고르고 남의 메모리 맵을 읽을 수 있습니다.",
  "Most holes of kernels are in calls that hardly any program makes.":
    "커널의 취약점은 대부분 보통의 프로그램이 거의 쓰지 않는 시스템 콜에 있습니다.",
  "Keys of the kernel know no namespaces.": "커널의 키는 네임스페이스로 나뉘지 않습니다.",
  "They load code into the kernel.": "커널에 코드를 적재합니다.",
  "They start another kernel.": "다른 커널을 시작합니다.",
  "It ends or restarts what is not the container's.": "컨테이너의 것이 아닌 것을 끝내거나 재시작합니다.",
  "They change the memory of the whole machine.": "기계 전체의 메모리를 바꿉니다.",
  "They change what is seen of file systems, and take images of file systems apart in the kernel.":
    "파일 시스템이 보이는 모습을 바꾸고, 파일 시스템 이미지를 커널 안에서 해석하게 합니다.",
  "They make a process root of a namespace of its own, which opens up much kernel code.":
    "프로세스가 새 네임스페이스의 root가 되어 커널 코드의 넓은 부분이 열립니다.",
  "It loads programs that run in the kernel.": "커널 안에서 실행되는 프로그램을 적재합니다.",
  "They show what other processes do, and have had many holes.":
    "다른 프로세스가 하는 일을 보여 주며, 취약점이 많았습니다.",
  "They reach into descriptors and memory of other processes.":
    "다른 프로세스의 파일 디스크립터와 메모리에 손을 댑니다.",
  "It does the work of other calls where no filter sees it.": "다른 시스템 콜의 일을 필터가 보지 못하는 곳에서 합니다.",
  "It holds the kernel up at a chosen place.": "커널을 원하는 지점에서 멈춰 세울 수 있습니다.",
  "The clock is that of the whole machine.": "시계는 기계 전체의 것입니다.",
  "They change what the host is called.": "호스트의 이름을 바꿉니다.",
  "They change limits of file systems that others use as well.": "남도 함께 쓰는 파일 시스템의 한도를 바꿉니다.",
  "It makes the kernel write of every process that ends.": "끝나는 프로세스마다 커널이 기록을 쓰게 합니다.",
  "They give a process access to the hardware.": "프로세스가 하드웨어에 직접 접근하게 합니다.",
  "They tell where memory lies and move that of others.": "메모리의 위치를 알려 주고 남의 메모리를 옮깁니다.",
  "They tell addresses and what happens on the host.": "커널의 주소와 호스트에서 일어나는 일을 알려 줍니다.",
  "A handle leads out of the container's mounts.": "핸들은 컨테이너의 마운트 밖으로 이어집니다.",
  "It sees and holds up what others open.": "남이 여는 파일을 지켜보고 기다리게 합니다.",
  "It takes a terminal from its users.": "쓰고 있는 터미널을 빼앗습니다.",
  "It reaches old kernel code that nothing else needs.": "다른 데서는 쓰이지 않는 오래된 커널 코드에 닿습니다.",
  "They show and change how a security module confines a process.":
    "보안 모듈이 프로세스를 제한하는 방식을 보여 주고 바꿉니다.",
  "They are young, and file systems answer them each in their own way.":
    "새로 생긴 시스템 콜이며 파일 시스템마다 다르게 처리합니다.",
  "Nothing uses them any more, so that nobody looks for their faults.":
    "이제 쓰이지 않으므로 결함을 찾는 사람도 없습니다.",
  "They have let a container write to memory of files that others read (CVE-2026-31431).":
    "컨테이너가 남이 읽는 파일의 메모리에 쓸 수 있었던 적이 있습니다(CVE-2026-31431).",
  "They reach past every network namespace.": "어떤 네트워크 네임스페이스로도 막히지 않습니다.",
  "The kernel loads a module for them that hardly anybody has looked at.":
    "살펴본 사람이 거의 없는 모듈을 커널이 적재합니다.",
  "Programs talk through them.": "프로그램들이 이것으로 통신합니다.",
  "A filter cannot see which namespaces it makes; programs use clone when it is refused.":
    "어떤 네임스페이스를 만드는지 필터가 볼 수 없습니다. 거부되면 프로그램은 clone을 씁니다.",
  "They take away what makes faults hard to use.": "결함을 악용하기 어렵게 하는 보호를 없앱니다.",
  "A filter cannot see its arguments, so that every kind of socket passes.":
    "필터가 인자를 볼 수 없으므로 모든 종류의 소켓이 통과합니다.",
  "Programs need them.": "프로그램에 필요합니다.",
};
