#include "send/blobs.hpp"

#include <algorithm>
#include <system_error>

#include "domain/media.hpp"

namespace dakiya::send {

namespace {

constexpr Millis without_file{30'000};
constexpr std::uint64_t slowest = 256U << 10U;  // bytes a second
constexpr std::string_view scheme = "media:";

const store::Media* find(const Lent* files, std::uint64_t number) {
    if (!files) return nullptr;
    const auto found = files->find(number);
    return found == files->end() ? nullptr : &found->second;
}

// Adds the file's size to `bytes`.
Result<std::string> path_of(std::uint64_t number, const Lent* files, const store::BlobFolder& folder,
                            std::uint64_t& bytes) {
    const store::Media* file = find(files, number);
    if (!file)
        return invalid("",
                       "its request names the blob " + std::to_string(number) + ", which it was not given");
    bytes += static_cast<std::uint64_t>(file->size);
    return folder.find(file->tenant, file->sha256);
}

}  // namespace

Millis time_for(std::uint64_t bytes) {
    return without_file + Millis(std::chrono::seconds(static_cast<std::int64_t>(bytes / slowest)));
}

bool moves_files(const plugin::HttpRequest& wish) {
    return wish.body_blob != 0 || wish.reply_to_blob ||
           std::any_of(wish.parts.begin(), wish.parts.end(),
                       [](const plugin::Part& part) { return part.blob != 0; });
}

Result<void> lend_files(const plugin::HttpRequest& wish, const Lent* files, const store::BlobFolder& folder,
                        net::Request& request) {
    std::uint64_t bytes = 0;
    if (wish.body_blob != 0) {
        auto path = path_of(wish.body_blob, files, folder, bytes);
        if (!path) return path.error();
        request.body_file = *std::move(path);
    }
    for (std::size_t i = 0; i < wish.parts.size(); ++i) {
        if (wish.parts[i].blob == 0) continue;
        auto path = path_of(wish.parts[i].blob, files, folder, bytes);
        if (!path) return path.error();
        request.parts[i].file = *std::move(path);
    }
    if (bytes > 0) request.timeout = std::max(request.timeout, time_for(bytes));
    return {};
}

Result<std::shared_ptr<store::IncomingBlob>> reply_as_file(const store::BlobFolder& folder,
                                                           std::uint64_t most_bytes, net::Request& request) {
    if (most_bytes == 0)
        return invalid("", "it asks for its answer as a file, which nobody waits for in this operation");
    std::shared_ptr<store::IncomingBlob> incoming;
    try {
        incoming = std::make_shared<store::IncomingBlob>(folder.incoming());
    } catch (const std::system_error& error) {
        return Error{Code::unavailable, std::string("the answer cannot be stored: ") + error.what(), ""};
    }
    request.reply_file = incoming->path();
    request.max_reply = most_bytes;
    request.timeout = std::max(request.timeout, time_for(most_bytes));
    return incoming;
}

std::string mail_address(Id media) { return std::string(scheme) + format_id(prefix::media, media); }

Result<std::string> mail_file(const std::string& url, const Lent* files, const store::BlobFolder& folder) {
    std::optional<Id> id;
    if (url.starts_with(scheme)) id = parse_id(prefix::media, std::string_view(url).substr(scheme.size()));
    const store::Media* file = id ? find(files, static_cast<std::uint64_t>(*id)) : nullptr;
    if (!file)
        return Error{Code::not_found, "\"" + url + "\" is not an address that a file can be fetched from",
                     ""};
    return folder.find(file->tenant, file->sha256);
}

}  // namespace dakiya::send
