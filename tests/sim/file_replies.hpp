// How providers give out files: at addresses that end, which need the client's key or must not see it.
#pragma once

#include "http.hpp"
#include "meta_message.hpp"
#include "world.hpp"

#include "dakiya/json.hpp"

#include <initializer_list>
#include <string>
#include <string_view>

namespace sim {

Reply file_reply(const File& file);

// prefix + id + "?expires=…&signature=…": an address of storage, which asks for no key.
std::string storage_address(const World& world, std::string_view prefix, std::string_view id);
// What storage answers at such an address: the file, or 403 when the address has ended or was made up. A
// client that shows one of these headers, which hold its key, gives it to a stranger.
Reply stored_file(World& world, Provider provider, const Request& request,
                  std::initializer_list<std::string_view> keys);

// The file of an upload in Meta's form. typed: its MIME type must be said in a field too.
MetaRefusal read_meta_upload(const Request& request, bool typed, File& file);

// Meta's answer to a look-up of a file that is there. Its address is on lookaside.fbsbx.com.
dakiya::Json meta_file(const World& world, Provider provider, const std::string& id);
// The file that such an address names; null when the address has ended or was made up, which is a 404.
const File* meta_attachment(const World& world, Provider provider, const Request& request);
extern const std::string_view meta_attachments;  // the path of the addresses

}  // namespace sim
