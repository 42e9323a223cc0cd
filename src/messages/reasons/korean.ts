/** The reasons of the steps of plans, by what they are in English. */
export const koreanReasons: Readonly<Record<string, string>> = {
  // The helper outside: namespaces, ids, cgroups.
  "one process stays outside: it moves the streams, hands on signals and collects the end":
    "프로세스 하나는 컨테이너 밖에 남아 입출력을 옮기고, 시그널을 전달하고, 종료 상태를 거둡니다",
  "what the helper mounts from here on must not show on the host":
    "이제부터 헬퍼가 마운트하는 것은 호스트에서 보이면 안 됩니다",
  "a small tmpfs on which layers get short names": "레이어에 짧은 이름을 붙여 둘 작은 tmpfs",
  "the container's first process, with its own {kinds} namespaces":
    "컨테이너의 첫 프로세스. 새로 만드는 네임스페이스: {kinds}",
  "the container's root is nobody in particular on the host": "컨테이너의 root는 호스트에서는 평범한 사용자입니다",
  "the child may go on: its ids mean something now": "ID 매핑이 끝났으므로 자식 프로세스가 진행해도 됩니다",
  "until the host has mapped the ids, this process is nobody":
    "호스트가 ID를 매핑할 때까지 이 프로세스는 아무 사용자도 아닙니다",
  "root of the user namespace, so that what is made belongs to root":
    "사용자 네임스페이스의 root가 되어, 이제부터 만드는 것이 root의 소유가 됩니다",
  "a user namespace that nobody lives in, by which ids of files are mapped (idmap=)":
    "프로세스 없이 파일의 ID를 매핑하는 데만 쓰는 사용자 네임스페이스(idmap=)",
  "the process that joins the other container's user namespace, and makes the first one in it":
    "다른 컨테이너의 사용자 네임스페이스에 들어가 그 안에서 첫 프로세스를 만들 프로세스",
  "the container's first process: its namespaces belong to the joined user namespace, in which it is born":
    "컨테이너의 첫 프로세스. 합류한 사용자 네임스페이스 안에서 태어나며, 그 네임스페이스들은 합류한 사용자 네임스페이스가 소유합니다",
  'after joining the group, so that "/" inside means that group':
    '그룹에 들어간 다음이어야 컨테이너 안의 "/"가 그 그룹을 가리킵니다',
  "the process whose namespaces are shared, and not another one with its number":
    "네임스페이스를 함께 쓸 바로 그 프로세스. 번호(PID)만 같은 다른 프로세스가 아님을 확인합니다",
  "the child is born in the other container's pid namespace":
    "자식 프로세스는 다른 컨테이너의 PID 네임스페이스 안에서 태어납니다",
  "shared with another container": "다른 컨테이너와 함께 씁니다",
  "the group that holds brig's containers": "brig의 컨테이너를 모아 두는 cgroup",
  "let the groups below use these controllers": "하위 cgroup이 이 컨트롤러들을 쓸 수 있게 합니다",
  "the container's own group: limits, statistics, and one place to kill it by":
    "컨테이너의 전용 cgroup: 한도를 두고, 통계를 내고, 한 번에 종료할 수 있습니다",
  "a limit, in place before the payload can use anything": "프로그램이 자원을 쓰기 전에 미리 정해 두는 한도",
  "only the allowed devices can be opened, whatever nodes the container makes":
    "컨테이너가 어떤 장치 노드를 만들더라도 허용된 장치만 열 수 있습니다",
  "how readily the kernel ends this process when memory runs out":
    "메모리가 모자랄 때 커널이 이 프로세스를 얼마나 먼저 종료할지 정합니다",
  // Layers, volumes and the root file system.
  "the directory that becomes the root": "루트가 될 디렉터리",
  "the directory is the root as it is": "디렉터리를 그대로 루트로 씁니다",
  "the topmost layer of the image": "이미지의 맨 위 레이어",
  "a layer of the image": "이미지의 레이어",
  "what the container writes goes here": "컨테이너가 쓰는 내용은 여기에 쌓입니다",
  "a device node, checked to be that device": "장치 노드. 정말 그 장치인지 확인합니다",
  "the source of {path}": "{path} 경로에 보여 줄 원본",
  "the file system for {path}, which only the host may mount":
    "{path} 경로의 파일 시스템. 호스트만 마운트할 수 있습니다",
  "the process whose mount is shared, and not another one with its number":
    "마운트를 함께 쓸 바로 그 프로세스. 번호(PID)만 같은 다른 프로세스가 아님을 확인합니다",
  "{path} is the other container's": "{path} 경로는 다른 컨테이너의 것입니다",
  "its files belong to the ids that the container sees, without a chown or a copy":
    "chown이나 복사 없이도 파일이 컨테이너에서 보이는 ID의 소유가 됩니다",
  "its files belong to the ids that the container sees": "파일이 컨테이너에서 보이는 ID의 소유가 됩니다",
  "how {path} shows its source: read-only": "{path} 경로에 원본을 보여 주는 방식: 읽기 전용",
  "how {path} shows its source": "{path} 경로에 원본을 보여 주는 방식",
  "a short name for overlayfs": "overlayfs에 넘길 짧은 이름",
  "the image's layers below, one writable layer on top; device nodes in them stay files without effect":
    "아래에는 이미지의 레이어, 맨 위에는 쓰기 레이어 하나. 그 안의 장치 노드는 효력 없는 파일로 남습니다",
  "the child mounts it in its own mount namespace": "자식 프로세스가 자신의 마운트 네임스페이스에 마운트합니다",
  "mounts made here must not travel back to the host": "여기서 만든 마운트가 호스트로 전파되면 안 됩니다",
  "the root goes on top of the old one, where pivot_root can swap them":
    "pivot_root로 맞바꿀 수 있도록 새 루트를 옛 루트 위에 올립니다",
  "a new {type} of the container's own": "컨테이너 전용의 새 {type}",
  "shows {path}": "호스트의 {path} 경로를 보여 줍니다",
  "a mount": "마운트",
  "--read-only": "--read-only 옵션",
  "a new volume starts with what the image has there": "새 볼륨은 이미지의 그 위치에 있던 내용으로 시작합니다",
  "the host's own node: making one needs a privilege that the container does not have":
    "호스트의 장치 노드. 새로 만드는 데 필요한 권한이 컨테이너에는 없습니다",
  "programs expect it": "프로그램들이 있을 것으로 기대합니다",
  "a pseudo-terminal of the container's own, so that it never touches the caller's":
    "컨테이너 전용 의사 터미널. 호출한 쪽의 터미널을 건드릴 일이 없습니다",
  "it tells or does more than a container should know or do":
    "컨테이너가 알거나 해서는 안 되는 것까지 드러내거나 할 수 있는 경로입니다",
  "readable, but not for a container to change": "읽을 수는 있지만 컨테이너가 바꿔서는 안 됩니다",
  "a kernel setting of the container's own namespaces": "컨테이너 네임스페이스에만 적용되는 커널 설정",
  "the working directory is made when the image lacks it": "작업 디렉터리가 이미지에 없으면 만듭니다",
  "unlike chroot, the old root can then be unmounted, and nothing leads back to it":
    "chroot와 달리 옛 루트를 마운트 해제할 수 있어, 그리로 돌아갈 길이 남지 않습니다",
  // The first process before the payload.
  "the container's own host name": "컨테이너의 호스트 이름",
  "no set-user-id program can raise what this process has":
    "set-user-ID 프로그램으로도 이 프로세스의 권한을 높일 수 없습니다",
  "a new session whose terminal is the container's": "컨테이너의 터미널을 제어 터미널로 갖는 새 세션",
  "a new session, so that the caller's terminal is out of reach":
    "호출한 쪽의 터미널에 손댈 수 없도록 새 세션을 시작합니다",
  "the kernel does not have brig's profile as it is, and keeps it from here on":
    "커널에 brig의 프로필이 그대로 있지 않아 올리며, 이때부터 커널에 남습니다",
  "SELinux lets the container use these files": "SELinux가 컨테이너에 이 파일들을 쓰게 합니다",
  "AppArmor confines the payload by this profile": "AppArmor가 이 프로필로 컨테이너의 프로그램을 제한합니다",
  "SELinux knows the payload by this label": "SELinux는 이 레이블로 컨테이너의 프로그램을 압니다",
  "AppArmor confines brig's init and the payload by this profile":
    "AppArmor가 이 프로필로 brig의 init과 컨테이너의 프로그램을 제한합니다",
  "SELinux knows brig's init and the payload by this label":
    "SELinux는 이 레이블로 brig의 init과 컨테이너의 프로그램을 압니다",
  "and its keys, which it may then use": "컨테이너가 쓸 수 있는 키에도 같은 레이블을 붙입니다",
  "keys of the caller's session stay with the caller": "호출한 세션의 키링은 컨테이너에 넘기지 않습니다",
  "no program run from here on can gain more than these capabilities":
    "이제부터 실행되는 프로그램은 이 capability 이상을 얻을 수 없습니다",
  "the working directory": "작업 디렉터리",
  "--ulimit, or brig's default": "--ulimit 옵션 또는 brig의 기본값",
  "the user that the image or --user names, with exactly its groups":
    "이미지나 --user 옵션이 지정한 사용자와 그 사용자의 그룹만",
  "what root may still do inside": "컨테이너 안의 root에게 남겨 두는 권한",
  "system calls that a container does not need cannot be made": "컨테이너에 필요 없는 시스템 콜을 막습니다",
  "brig's own init stays as process 1 and runs the payload": "brig의 init이 1번 프로세스로 남아 프로그램을 실행합니다",
  "the payload takes over this process": "이 프로세스가 컨테이너의 프로그램으로 바뀝니다",
  // The network.
  "interfaces are moved into the network namespace by its descriptor":
    "네트워크 네임스페이스의 파일 디스크립터로 인터페이스를 그 안으로 옮깁니다",
  "the tools make the interfaces while the root file system is built":
    "루트 파일 시스템을 만드는 동안 도구들이 인터페이스를 만듭니다",
  "and another tool publishes the ports": "또 다른 도구가 포트를 공개합니다",
  "it must have gone well": "성공했는지 확인합니다",
  "the child may go on: its network is whole": "네트워크가 갖춰졌으므로 자식 프로세스가 진행해도 됩니다",
  "until the network is whole: it has been made beside all this":
    "지금까지의 일과 나란히 만들던 네트워크가 갖춰질 때까지 기다립니다",
  "a new network namespace has its loopback interface down":
    "새 네트워크 네임스페이스의 루프백 인터페이스는 꺼져 있습니다",
  "its network namespace": "그 프로세스의 네트워크 네임스페이스",
  "kernel settings are those of the network namespace of who writes them":
    "커널 설정은 쓰는 프로세스가 속한 네트워크 네임스페이스에 적용됩니다",
  "the container's interfaces are made outside and moved in, before anything of it runs":
    "컨테이너에서 무엇이든 실행되기 전에, 인터페이스를 밖에서 만들어 안으로 옮깁니다",
  "addresses and the default route, in the container's network namespace":
    "컨테이너의 네트워크 네임스페이스에 설정하는 주소와 기본 경로",
  "the interface of the run before may still be on its way out":
    "이전 실행의 인터페이스가 아직 사라지는 중일 수 있습니다",
  "rate= of --network": "--network 옵션의 rate=",
  "this network has no IPv6": "이 네트워크에는 IPv6가 없습니다",
  "its address and gateway are known": "주소와 게이트웨이를 이미 알고 있습니다",
  "the network is removed": "네트워크를 지웁니다",
  "its rules go after it: there is no moment in which it is open":
    "네트워크가 사라진 다음 규칙을 지우므로 무방비인 순간이 없습니다",
  "the container leaves the network": "컨테이너가 네트워크를 떠납니다",
  "the bridge was changed by something else": "다른 무언가가 브리지를 바꾸어 놓았습니다",
  "the interface was taken from its bridge": "인터페이스가 브리지에서 떼어져 있습니다",
  "what may pass into the network and out of it, in brig's own table; others are not touched":
    "네트워크에 드나들 수 있는 패킷을 brig의 테이블에 정합니다. 다른 테이블은 건드리지 않습니다",
  "the bridge that joins the containers of the network, with the address that is their gateway":
    "네트워크의 컨테이너를 잇는 브리지. 컨테이너의 게이트웨이 주소를 갖습니다",
  "the host passes packets on between its interfaces": "호스트가 인터페이스 사이에서 패킷을 전달(포워딩)합니다",
  "a container that says it is a router is not believed (CVE-2020-13401)":
    "컨테이너가 스스로 라우터라고 알려도 믿지 않습니다(CVE-2020-13401)",
  "the network has no IPv6, and no container can bring it in (CVE-2020-13401)":
    "네트워크에 IPv6가 없으며, 컨테이너가 IPv6를 끌어들일 수도 없습니다(CVE-2020-13401)",
  "published ports lead to the container, without a process between":
    "공개한 포트가 중간 프로세스 없이 곧바로 컨테이너로 이어집니다",
  "its ports lead nowhere when the container has ended": "컨테이너가 끝나면 공개한 포트를 거둡니다",
  "ports are published and withdrawn while the container runs": "컨테이너가 실행되는 동안 포트를 공개하거나 거둡니다",
  "a published port can be reached at 127.0.0.1, from this host only":
    "공개한 포트에 127.0.0.1로도 접속할 수 있습니다. 이 호스트에서만 됩니다",
  "the container that they led to does not run": "포트가 이어지던 컨테이너가 실행 중이 아닙니다",
  // Commands in a container that runs, and health checks.
  "the container's first process, and not another one with its number":
    "컨테이너의 첫 프로세스. 번호(PID)만 같은 다른 프로세스가 아님을 확인합니다",
  "nothing in the container may trace what comes to it, or open its files":
    "컨테이너의 프로세스가, 들어오는 프로세스를 추적하거나 그 파일을 열 수 없게 합니다",
  "the process is born among the container's": "프로세스가 컨테이너의 프로세스들 사이에서 태어납니다",
  "into the container, all at once": "한 번에 컨테이너 안으로 들어갑니다",
  "the container's limits hold from the process's first moment": "컨테이너의 한도가 프로세스의 첫 순간부터 적용됩니다",
  "the process that becomes the command": "명령이 될 프로세스",
  "it may go on: its keeper knows it": "지켜보는 프로세스가 알아보았으므로 진행해도 됩니다",
  "until its keeper knows it": "지켜보는 프로세스가 알아볼 때까지 기다립니다",
  "the container's root, until it becomes the user": "지정된 사용자가 되기 전까지는 컨테이너의 root입니다",
  "every path is looked up inside the container's root": "모든 경로를 컨테이너의 루트 안에서 찾습니다",
  "the monitor asks the container at intervals whether it is well, by the steps that follow":
    "모니터가 다음 단계들로 컨테이너의 상태를 주기적으로 점검합니다",
  "the container's first process, by the descriptor that the monitor has of it":
    "모니터가 가진 파일 디스크립터로 가리키는 컨테이너의 첫 프로세스",
  "what a probe leaves behind can be ended": "점검 명령이 남긴 프로세스를 종료할 수 있습니다",
  "the container's limits hold for the probe, and for what it costs to start it":
    "점검 명령에도, 그것을 시작하는 비용에도 컨테이너의 한도가 적용됩니다",
};
