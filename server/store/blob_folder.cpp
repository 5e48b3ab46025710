#include "store/blob_folder.hpp"

#include <algorithm>
#include <array>
#include <cerrno>
#include <charconv>
#include <chrono>
#include <fstream>
#include <stdexcept>
#include <system_error>
#include <utility>

#include <Poco/SHA2Engine.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

namespace dakiya::store {

namespace fs = std::filesystem;

namespace {

constexpr std::string_view unfinished = "incoming";  // folder of what is not kept yet
constexpr std::size_t beginning_bytes = 4096;
constexpr std::chrono::hours young{1};

[[noreturn]] void throw_system(const std::string& what) {
    throw std::system_error(errno, std::generic_category(), what);
}

// Of a file, or of a folder whose entries changed.
void sync_path(const fs::path& path) {
    const int fd = ::open(path.c_str(), O_RDONLY | O_CLOEXEC);
    if (fd < 0) throw_system("opening " + path.string());
    const int done = ::fsync(fd);
    const int error = errno;
    ::close(fd);
    errno = error;
    if (done != 0) throw_system("writing " + path.string());
}

bool is_young(const fs::path& file) {
    std::error_code gone;
    const auto written = fs::last_write_time(file, gone);
    return !gone && fs::file_time_type::clock::now() - written < young;
}

std::vector<fs::path> entries(const fs::path& folder) {
    std::vector<fs::path> all;
    for (const auto& entry : fs::directory_iterator(folder)) all.push_back(entry.path());
    return all;
}

// Folders of tenants are their numbers.
Id tenant_of(const fs::path& folder) {
    const std::string name = folder.filename();
    Id id = 0;
    const auto [end, error] = std::from_chars(name.data(), name.data() + name.size(), id);
    return error == std::errc() && end == name.data() + name.size() ? id : 0;
}

}  // namespace

IncomingBlob::~IncomingBlob() {
    if (!path_.empty()) ::unlink(path_.c_str());
}

IncomingBlob::IncomingBlob(IncomingBlob&& other) noexcept
    : sha256(std::move(other.sha256)),
      size(other.size),
      beginning(std::move(other.beginning)),
      path_(std::exchange(other.path_, {})) {}

void IncomingBlob::read() {
    sync_path(path_);
    std::ifstream in(path_, std::ios::binary);
    Poco::SHA2Engine hash(Poco::SHA2Engine::SHA_256);
    std::array<char, 64 * 1024> bytes{};
    size = 0;
    beginning.clear();
    while (in.read(bytes.data(), bytes.size()) || in.gcount() > 0) {
        const auto count = static_cast<std::size_t>(in.gcount());
        hash.update(bytes.data(), count);
        if (size == 0) beginning.assign(bytes.data(), std::min(count, beginning_bytes));
        size += static_cast<std::int64_t>(count);
    }
    if (in.bad()) throw_system("reading " + path_);
    sha256 = Poco::DigestEngine::digestToHex(hash.digest());
}

IncomingBlob BlobFolder::incoming() const {
    if (folder_.empty()) throw std::logic_error("there is no folder for files here");
    const fs::path folder = folder_ / unfinished;
    fs::create_directories(folder);
    const std::string path = folder / (random_token() + ".part");
    const int fd = ::open(path.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, S_IRUSR | S_IWUSR);
    if (fd < 0) throw_system("making " + path);
    ::close(fd);
    return IncomingBlob(path);
}

IncomingBlob BlobFolder::incoming_from(const std::string& path) const {
    IncomingBlob blob = incoming();
    std::error_code elsewhere;
    fs::rename(path, blob.path(), elsewhere);
    if (elsewhere) fs::copy_file(path, blob.path(), fs::copy_options::overwrite_existing);
    blob.read();
    return blob;
}

fs::path BlobFolder::place(Id tenant, const std::string& sha256) const {
    return folder_ / std::to_string(tenant) / sha256.substr(0, 2) / sha256;
}

void BlobFolder::keep(IncomingBlob& blob, Id tenant) const {
    if (blob.path_.empty()) return;
    const fs::path target = place(tenant, blob.sha256);
    fs::create_directories(target.parent_path());
    fs::rename(blob.path_, target);
    blob.path_.clear();
    sync_path(target.parent_path());
}

Result<std::string> BlobFolder::find(Id tenant, const std::string& sha256) const {
    const fs::path path = place(tenant, sha256);
    std::error_code error;
    if (fs::is_regular_file(path, error)) return path.string();
    return Error{
        Code::unavailable,
        "the file's bytes are not in the media folder of this server: all servers on one database need the "
        "same folder (media.folder), and a restored database its copy",
        ""};
}

void BlobFolder::sweep(const Named& named, const std::function<bool()>& stopping) const {
    if (!fs::is_directory(folder_)) return;
    for (const fs::path& folder : entries(folder_)) {
        if (folder.filename() == unfinished) {
            for (const fs::path& file : entries(folder))
                if (!is_young(file)) fs::remove(file);
            continue;
        }
        const Id tenant = tenant_of(folder);
        if (tenant == 0) continue;
        for (const fs::path& shelf : entries(folder)) {
            if (stopping()) return;
            sweep_shelf(shelf, tenant, named);
        }
    }
}

// The same bytes may be uploaded again in this moment, so a file goes out of the way first: one that is young
// by then, or has a row, goes back.
void BlobFolder::sweep_shelf(const fs::path& shelf, Id tenant, const Named& named) const {
    std::vector<std::string> old;
    for (const fs::path& file : entries(shelf))
        if (!is_young(file)) old.push_back(file.filename());
    if (old.empty()) return;
    const auto kept = named(tenant, old);
    for (const std::string& name : old) {
        if (std::find(kept.begin(), kept.end(), name) != kept.end()) continue;
        const fs::path aside = folder_ / unfinished / (random_token() + ".gone");
        fs::create_directories(aside.parent_path());
        std::error_code gone;
        fs::rename(shelf / name, aside, gone);
        if (gone) continue;
        const std::string one[] = {name};
        if (is_young(aside) || !named(tenant, one).empty())
            fs::rename(aside, shelf / name);
        else
            fs::remove(aside);
    }
}

}  // namespace dakiya::store
