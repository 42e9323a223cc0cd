/** What the paths, mounts, devices, namespaces, ids and settings of a container mean, by what it is in English. */
export const placeReasons: Readonly<Record<string, string>> = {
  "It shows and switches batteries, fans and devices of the host.":
    "호스트의 배터리, 팬, 장치의 상태를 보여 주고 켜고 끌 수 있습니다.",
  "It tells what the sound devices of the host play.": "호스트의 사운드 장치가 무엇을 재생하는지 알려 줍니다.",
  "Its counts tell what is typed and done on the host.":
    "인터럽트 횟수로 호스트에서 무엇을 입력하고 무엇을 하는지 알 수 있습니다.",
  "It is the memory of the whole machine.": "기계 전체의 메모리입니다.",
  "It lists keys of other containers and of the host.": "다른 컨테이너와 호스트의 키 목록을 보여 줍니다.",
  "It tells what other processes wait for.": "다른 프로세스가 무엇을 기다리는지 알려 줍니다.",
  "It lists the processes of the whole machine.": "기계 전체의 프로세스 목록을 보여 줍니다.",
  "A disk of the host can be taken away through it.": "이것으로 호스트의 디스크를 떼어 낼 수 있습니다.",
  "It tells addresses in the kernel and timers of others.": "커널의 주소와 남의 타이머를 알려 줍니다.",
  "It tells which processes of the host set timers.": "호스트의 어느 프로세스가 타이머를 설정했는지 알려 줍니다.",
  "The power that a processor draws tells secrets of others (CVE-2020-8694).":
    "CPU의 소비 전력에서 남의 비밀이 새어 나갑니다(CVE-2020-8694).",
  "It shows tables and keys of the firmware.": "펌웨어의 테이블과 키를 보여 줍니다.",
  "It shows and steers the rules of SELinux.": "SELinux의 규칙을 보여 주고 바꿉니다.",
  "It reaches devices on the buses of the host.": "호스트의 버스에 연결된 장치에 닿습니다.",
  "It changes settings of file systems of the host.": "호스트 파일 시스템의 설정을 바꿉니다.",
  "It moves interrupts of the host to other processors.": "호스트의 인터럽트를 다른 CPU로 옮깁니다.",
  "Most settings below it are those of the whole machine.": "이 아래의 설정은 대부분 기계 전체에 적용됩니다.",
  "One letter written to it restarts the machine.": "글자 하나만 써도 기계가 재시작됩니다.",
  "The heat of a processor tells what others do on it.": "CPU의 온도로 남이 무엇을 하는지 알 수 있습니다.",
  "A device node that a layer brings would be the host's device.":
    "레이어에 들어 있는 장치 노드가 호스트의 장치가 될 수 있습니다.",
  "It is the kernel's, with nothing to run.": "커널의 파일 시스템이며 실행할 것이 없습니다.",
  "It holds the device nodes of the container.": "컨테이너의 장치 노드가 있습니다.",
  "It holds the terminals of the container.": "컨테이너의 터미널이 있습니다.",
  "It holds message queues.": "메시지 큐가 있습니다.",
  "It holds shared memory.": "공유 메모리가 있습니다.",
  "Written to, it changes devices of the host.": "여기에 쓰면 호스트의 장치가 바뀝니다.",
  "Written to, it changes the limits of the container.": "여기에 쓰면 컨테이너의 한도가 바뀝니다.",
  "What is mounted there shows up on the host, or what the host mounts shows up there.":
    "거기에 마운트한 것이 호스트에 나타나거나, 호스트가 마운트한 것이 거기에 나타납니다.",
  "What is written there is written on the host.": "거기에 쓰면 호스트에 쓰입니다.",
  "Programs expect it, and it is nobody's.": "프로그램들이 있을 것으로 기대하며, 누구의 것도 아닙니다.",
  "They are those of the container's own /dev/pts.": "컨테이너 전용 /dev/pts의 터미널입니다.",
  "It makes network interfaces; who needs it asks for it with --device.":
    "네트워크 인터페이스를 만듭니다. 필요하면 --device 옵션으로 요청합니다.",
  "It is all memory, the kernel's as well.": "커널의 메모리를 포함한 모든 메모리입니다.",
  "They drive the hardware.": "하드웨어를 움직입니다.",
  "They tell what happens on the host.": "호스트에서 일어나는 일을 알려 줍니다.",
  "What is typed there belongs to who sits there.": "거기에서 입력한 것은 그 앞에 앉은 사람의 것입니다.",
  "It shows what is on the host's screen.": "호스트의 화면에 있는 것을 보여 줍니다.",
  "They hold file systems of the host.": "호스트의 파일 시스템이 들어 있습니다.",
  "They hold the file systems of the host.": "호스트의 파일 시스템이 들어 있습니다.",
  "It makes devices on the host.": "호스트에 장치를 만듭니다.",
  "It makes and removes disks of the host.": "호스트의 디스크를 만들고 없앱니다.",
  "The kernel asks a program of the container what files are.":
    "커널이 파일의 내용을 컨테이너의 프로그램에게 묻게 됩니다.",
  "It reaches much kernel code.": "커널 코드의 넓은 부분에 닿습니다.",
  "They type on the host.": "호스트에 키 입력을 넣습니다.",
  "They tell what is typed on the host.": "호스트에서 무엇을 입력하는지 알려 줍니다.",
  "Their memory holds what others draw and compute.": "그 메모리에 남이 그리고 계산하는 것이 들어 있습니다.",
  "They change how the processors of the host work.": "호스트의 CPU가 동작하는 방식을 바꿉니다.",
  "A node is the way to a device of the host.": "노드는 호스트의 장치로 가는 길입니다.",
  "A node that can be made on a shared file system can be used by others.":
    "함께 쓰는 파일 시스템에 만든 노드는 남도 쓸 수 있습니다.",
  "It sees its own file systems.": "자신의 파일 시스템만 봅니다.",
  "It sees and signals its own processes.": "자신의 프로세스만 보고 시그널을 보냅니다.",
  "It has its own interfaces, ports and abstract sockets.": "자신의 인터페이스, 포트, 추상 소켓을 갖습니다.",
  "It has its own shared memory and queues.": "자신의 공유 메모리와 큐를 갖습니다.",
  "It has its own host name.": "자신의 호스트 이름을 갖습니다.",
  "It sees its own group as the root of all.": "자신의 cgroup을 최상위로 봅니다.",
  "Its root is nobody on the host.": "컨테이너의 root는 호스트에서 아무 사용자도 아닙니다.",
  "It has its own clock since the start.": "부팅 뒤 지난 시간을 재는 시계를 따로 갖습니다.",
  "Root of the container may do what its capabilities say.":
    "컨테이너의 root는 capability가 허용하는 일을 할 수 있습니다.",
  "Files and processes of the host are out of reach of ids that are no one's there.":
    "호스트에서 아무의 것도 아닌 ID로는 호스트의 파일과 프로세스에 손댈 수 없습니다.",
  "A set-user-ID program makes its caller root of the container.":
    "set-user-ID 프로그램은 부른 쪽을 컨테이너의 root로 만듭니다.",
  "Keys of who started the container stay with them.": "컨테이너를 시작한 사람의 키는 그 사람에게만 남습니다.",
  "A directory of the host that stays open leads to all of its files (CVE-2024-21626).":
    "열린 채로 남은 호스트의 디렉터리는 호스트의 모든 파일로 이어집니다(CVE-2024-21626).",
  "The kernel would end processes of the host in its stead.":
    "메모리가 모자랄 때 커널이 이 컨테이너 대신 호스트의 프로세스를 끝냅니다.",
  "It denies mounts and writing to the kernel's files once more.": "마운트와 커널 파일에 쓰는 일을 한 번 더 막습니다.",
  "It keeps a container from files of the host and of others.": "컨테이너가 호스트와 남의 파일에 손대지 못하게 합니다.",
  "It lets ping work without raw sockets.": "raw 소켓 없이 ping을 쓸 수 있습니다.",
  "The ports are those of its own network.": "자기 네트워크의 포트입니다.",
  "Processes without end take the whole machine.": "끝없이 늘어나는 프로세스는 기계 전체를 차지합니다.",
  "They are written by a program of the host that the container has some say in.":
    "컨테이너가 어느 정도 영향을 줄 수 있는 호스트의 프로그램이 씁니다.",
};
