#include "postfix.hpp"

#include <unistd.h>

#include <fstream>

#include "accounts.hpp"
#include "process.hpp"

namespace blackbox {

namespace fs = std::filesystem;

namespace {

void write(const fs::path& path, const std::string& text) { std::ofstream(path, std::ios::binary) << text; }

std::string main_cf(const std::string& folder) {
    return "compatibility_level = 3.6\n"
           "queue_directory = " +
           folder +
           "/spool\n"
           "data_directory = " +
           folder +
           "/data\n"
           "command_directory = /usr/sbin\n"
           "daemon_directory = /usr/lib/postfix/sbin\n"
           "mail_owner = postfix\n"
           "setgid_group = postdrop\n"
           "maillog_file = " +
           folder +
           "/log\n"
           "maillog_file_prefixes = " +
           folder +
           "\n"
           "myhostname = mx.example\n"
           "mydestination =\n"
           "inet_interfaces = 127.0.0.1\n"
           "mynetworks = 127.0.0.0/8\n"
           "smtpd_recipient_restrictions = check_recipient_access inline:{gone.example=REJECT}, "
           "permit_mynetworks, reject\n"
           "virtual_mailbox_domains = ok.example\n"
           "virtual_mailbox_base = " +
           folder +
           "/kept\n"
           "virtual_mailbox_maps = static:inbox/\n"
           "virtual_uid_maps = static:65534\n"
           "virtual_gid_maps = static:65534\n"
           "virtual_minimum_uid = 1\n"
           "transport_maps = inline:{ {bounce.example = full:}, {shop.example = hook:} }\n"
           "alias_maps =\n"
           "recipient_delimiter = +\n";
}

// Without chroot: everything that a service needs is where the system has it.
std::string master_cf(int port, const std::string& folder) {
    return "127.0.0.1:" + std::to_string(port) +
           " inet n - n - - smtpd\n"
           "pickup unix n - n 60 1 pickup\n"
           "cleanup unix n - n - 0 cleanup\n"
           "qmgr unix n - n 300 1 qmgr\n"
           "rewrite unix - - n - - trivial-rewrite\n"
           "bounce unix - - n - 0 bounce\n"
           "defer unix - - n - 0 bounce\n"
           "trace unix - - n - 0 bounce\n"
           "verify unix - - n - 1 verify\n"
           "flush unix n - n 1000? 0 flush\n"
           "proxymap unix - - n - - proxymap\n"
           "smtp unix - - n - - smtp\n"
           "error unix - - n - - error\n"
           "retry unix - - n - - error\n"
           "virtual unix - n n - - virtual\n"
           "anvil unix - - n - 1 anvil\n"
           "scache unix - - n - 1 scache\n"
           "postlog unix-dgram n - n - 1 postlogd\n"
           "hook unix - n n - 4 pipe user=nobody argv=/bin/sh " +
           folder +
           "/hook.sh\n"
           "full unix - n n - 4 pipe user=nobody argv=/bin/sh " +
           folder + "/full.sh\n";
}

}  // namespace

std::string Postfix::missing() {
    if (::geteuid() != 0) return "Postfix starts as root only";
    if (!fs::exists("/usr/sbin/postfix") || !fs::exists("/usr/bin/curl"))
        return "the packages postfix and curl are not installed";
    return {};
}

Postfix::Postfix(fs::path folder, const std::string& hook) : folder_(std::move(folder)), port_(free_port()) {
    const fs::path etc = folder_ / "etc";
    for (const char* part : {"etc", "spool", "data", "kept"}) fs::create_directories(folder_ / part);
    // Postfix's own users have to get in.
    for (fs::path part = folder_; part.has_relative_path() && part != fs::temp_directory_path();
         part = part.parent_path())
        fs::permissions(
            part,
            fs::perms::group_read | fs::perms::group_exec | fs::perms::others_read | fs::perms::others_exec,
            fs::perm_options::add);
    write(etc / "main.cf", main_cf(folder_.string()));
    write(etc / "master.cf", master_cf(port_, folder_.string()));
    write(folder_ / "hook.sh", hook + "\n");
    write(folder_ / "full.sh", "cat >/dev/null; echo '5.2.2 mailbox full'; exit 69\n");  // EX_UNAVAILABLE
    shell("chown postfix " + (folder_ / "data").string() + " && chown 65534:65534 " +
          (folder_ / "kept").string());
    command("start");
}

Postfix::~Postfix() {
    try {
        command("stop");
    } catch (const std::exception&) {
        // It did not start: the test has failed already.
    }
}

void Postfix::command(const std::string& word) const {
    shell("/usr/sbin/postfix -c " + (folder_ / "etc").string() + " " + word);
}

// What it prints goes to a file of ours, so that a background process of Postfix does not keep the pipe open.
void Postfix::shell(const std::string& line) const {
    const std::string out = (folder_ / "postfix.out").string();
    run({"/bin/sh", "-c", "{ " + line + "; } >>" + out + " 2>&1 </dev/null && echo done"}, out);
}

std::size_t Postfix::kept() const {
    const fs::path inbox = folder_ / "kept" / "inbox" / "new";
    if (!fs::exists(inbox)) return 0;
    return static_cast<std::size_t>(std::distance(fs::directory_iterator(inbox), fs::directory_iterator()));
}

std::string Postfix::log() const {
    std::ifstream file(folder_ / "log", std::ios::binary);
    return {std::istreambuf_iterator<char>(file), {}};
}

}  // namespace blackbox
