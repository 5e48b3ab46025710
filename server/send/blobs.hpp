// Files in a call: what a plugin knows by a number is a file of ours on its way out, or a reply on its way
// in. A plugin can name only those that were lent to its call.
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <string>

#include "base/result.hpp"
#include "net/http.hpp"
#include "plugin/provider.hpp"
#include "store/blob_folder.hpp"
#include "store/media.hpp"

namespace dakiya::send {

// By the number that the plugin gets: the id of the file.
using Lent = std::map<std::uint64_t, store::Media>;

// Whether files go out with it, or its reply comes in as one.
bool moves_files(const plugin::HttpRequest& wish);

// Puts the paths of the files into `request`, where `wish` has their numbers, and gives it time for them. The
// Error says what is wrong with the wish, or that the bytes are not here.
Result<void> lend_files(const plugin::HttpRequest& wish, const Lent* files, const store::BlobFolder& folder,
                        net::Request& request);

// Where the reply to `request` will be, of at most so many bytes (0: nobody waits for a file, which is the
// wish's fault). Code::unavailable: the disk has no place for it.
Result<std::shared_ptr<store::IncomingBlob>> reply_as_file(const store::BlobFolder& folder,
                                                           std::uint64_t most_bytes, net::Request& request);

// How an e-mail names a file of ours as the url of an attachment. No tenant can write such an address: a
// content's url begins with http.
std::string mail_address(Id media);
// The path of the file that the address names. Code::not_found: it is not such an address, or not of a lent
// file.
Result<std::string> mail_file(const std::string& url, const Lent* files, const store::BlobFolder& folder);

// How long a request may take that moves so many bytes.
Millis time_for(std::uint64_t bytes);

}  // namespace dakiya::send
