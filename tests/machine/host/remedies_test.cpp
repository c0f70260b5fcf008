#include "machine/host/remedies.h"

#include "catch.h"
#include "support/contains.h"

namespace wireproof {
namespace {

MachineLocks locks_of_user() {
  MachineLocks locks;
  locks.program = "/opt/wire proof/wireproof";
  return locks;
}

MachineFinding lack(const std::string& what, const std::string& remedy) {
  return {what, MachineState::missing, "refused", remedy};
}

}  // namespace

TEST_CASE("a remedy is that of the lock that is closed, and none where none is known", "[host]") {
  MachineLocks apparmor = locks_of_user();
  apparmor.apparmor_restricts = true;
  MachineLocks profile = apparmor;
  profile.has_apparmor_parser = true;
  MachineLocks clone = locks_of_user();
  clone.clone_forbidden = true;
  MachineLocks none = locks_of_user();
  none.no_namespaces = true;
  MachineLocks container = locks_of_user();
  container.in_container = true;
  struct Case {
    MachineLocks locks;
    const char* remedy;
  };
  const Case cases[] = {
      {apparmor, "sudo sysctl -w kernel.apparmor_restrict_unprivileged_userns=0"},
      {clone, "sudo sysctl -w kernel.unprivileged_userns_clone=1"},
      {none, "sudo sysctl -w user.max_user_namespaces=10000"},
      {container,
       "docker run --security-opt seccomp=unconfined --security-opt apparmor=unconfined …"},
      {locks_of_user(), ""}};
  for (const Case& item : cases) CHECK(remedy_for_namespaces(item.locks) == item.remedy);
  // The narrow one first.
  CHECK(remedy_for_namespaces(profile).starts_with("wireproof doctor --fix | sudo sh"));
  CHECK(contains(remedy_for_namespaces(profile), "apparmor_restrict_unprivileged_userns=0"));
}

TEST_CASE("the device of a path is made, opened, or given to the container", "[host]") {
  MachineLocks locks = locks_of_user();
  CHECK(remedy_for_paths(locks).empty());
  locks.tun_closed = true;
  CHECK(remedy_for_paths(locks) == "sudo chmod 0666 /dev/net/tun");
  const MachineReport report{lack("lossy path", remedy_for_paths(locks))};
  CHECK(contains(render_fix_script(report, locks), "\nchmod 0666 /dev/net/tun\n"));
  locks.tun_closed = false;
  locks.has_tun = false;
  CHECK(remedy_for_paths(locks) == "sudo modprobe tun");
  locks.in_container = true;
  CHECK(remedy_for_paths(locks) == "docker run --device /dev/net/tun …");
  CHECK(contains(render_fix_script(report, locks), "Nothing is known"));
  locks.has_tun = true;
  CHECK(remedy_for_paths(locks) == remedy_for_namespaces(locks));
}

TEST_CASE("setcap is advised where it is there, and where it helps", "[host]") {
  MachineLocks locks = locks_of_user();
  CHECK(remedy_for_capture(locks).empty());
  locks.has_apt = true;
  CHECK(
      remedy_for_capture(locks).starts_with("sudo apt-get install libcap2-bin, then sudo setcap"));
  locks.has_setcap = true;
  locks.no_new_rights = true;
  CHECK(remedy_for_capture(locks).empty());
  locks.no_new_rights = false;
  CHECK(remedy_for_capture(locks) ==
        "sudo setcap cap_net_raw,cap_net_admin+ep '/opt/wire proof/wireproof'");
  locks.is_root = true;
  CHECK(remedy_for_capture(locks).empty());
  MachineLocks container = locks;
  container.in_container = true;
  CHECK(remedy_for_capture(container) == "docker run --cap-add NET_RAW …");
  locks.no_namespaces = true;
  CHECK(remedy_for_capture(locks) == remedy_for_namespaces(locks));
}

TEST_CASE("yama is mended where this kernel has it and it is too strict", "[host]") {
  MachineLocks locks = locks_of_user();
  CHECK(remedy_for_tracing(locks).empty());
  locks.yama_scope = 1;
  CHECK(remedy_for_tracing(locks).empty());
  locks.yama_scope = 2;
  CHECK(remedy_for_tracing(locks) == "sudo sysctl -w kernel.yama.ptrace_scope=1");
  locks.yama_scope = 3;  // it cannot be lowered
  CHECK(remedy_for_tracing(locks).empty());
}

TEST_CASE("the script does what is lacking and nothing else", "[host]") {
  MachineLocks locks = locks_of_user();
  locks.apparmor_restricts = locks.has_apparmor_parser = true;
  locks.yama_scope = 2;
  const MachineReport network{lack("private network", "something")};
  const std::string narrow = render_fix_script(network, locks);
  CHECK(contains(narrow, "profile wireproof \"/opt/wire proof/wireproof\" flags=(unconfined) {"));
  CHECK(contains(narrow, "\napparmor_parser --replace /etc/apparmor.d/wireproof\n"));
  CHECK_FALSE(contains(narrow, "sysctl"));
  locks.has_apparmor_parser = false;
  CHECK(contains(render_fix_script(network, locks),
                 "\nsysctl -w kernel.apparmor_restrict_unprivileged_userns=0\n"));
  const MachineReport tracing{lack("tracing", "something")};
  const std::string trace = render_fix_script(tracing, locks);
  CHECK(contains(trace, "\nsysctl -w kernel.yama.ptrace_scope=1\n"));
  CHECK_FALSE(contains(trace, "apparmor"));
  CHECK(contains(render_fix_script({}, locks), "# Nothing is known that a command would mend."));
}

}  // namespace wireproof
