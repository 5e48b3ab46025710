// The bytes of files that messages carry: <folder>/<tenant>/<two digits>/<sha256>, each once per tenant. A
// file is written under another name, synced and renamed, so one that is there is whole. Servers on one
// database share the folder. [any thread]
#pragma once

#include <cstdint>
#include <filesystem>
#include <functional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/id.hpp"
#include "base/result.hpp"

namespace dakiya::store {

// A file that is not kept yet; removed with its owner.
class IncomingBlob {
public:
    explicit IncomingBlob(std::string path) : path_(std::move(path)) {}
    ~IncomingBlob();
    IncomingBlob(IncomingBlob&& other) noexcept;
    IncomingBlob& operator=(IncomingBlob&&) = delete;

    const std::string& path() const { return path_; }

    // What it turned out to be, once read().
    std::string sha256;
    std::int64_t size = 0;
    std::string beginning;  // the first few kilobytes

    // Reads it from its beginning to its end and makes it durable. Throws std::system_error.
    void read();

private:
    friend class BlobFolder;
    std::string path_;  // empty: kept, or moved from
};

class BlobFolder {
public:
    BlobFolder() = default;  // keeps nothing: every call throws
    explicit BlobFolder(std::filesystem::path folder) : folder_(std::move(folder)) {}

    // A new empty file of ours. Throws std::system_error: no folder, a full disk.
    IncomingBlob incoming() const;
    // The same with the bytes of `path`, which is moved here, or copied from another file system; read
    // already.
    IncomingBlob incoming_from(const std::string& path) const;

    // Puts it in its place; safe to repeat. Throws std::system_error.
    void keep(IncomingBlob& blob, Id tenant) const;

    // Where the bytes are. Code::unavailable: not here, with what to do.
    Result<std::string> find(Id tenant, const std::string& sha256) const;

    // Deletes what nobody names any more and uploads that never ended, unless it is younger than an hour: its
    // row may not be written yet. named: of the files of a tenant, those that have a row. Throws
    // std::filesystem::filesystem_error.
    using Named = std::function<std::vector<std::string>(Id tenant, std::span<const std::string> sha256)>;
    void sweep(const Named& named, const std::function<bool()>& stopping) const;

private:
    std::filesystem::path place(Id tenant, const std::string& sha256) const;
    void sweep_shelf(const std::filesystem::path& shelf, Id tenant, const Named& named) const;

    std::filesystem::path folder_;
};

}  // namespace dakiya::store
