// What a webhook is made from, and what it is when it goes out. <id>_payloads.hpp writes and signs it.
#pragma once

#include "config.hpp"
#include "ledger.hpp"

#include <cstdint>
#include <string>
#include <utility>

namespace sim {

struct Post {
    std::string url;  // as the provider knows it: the public address
    std::string content_type;
    std::string headers;  // signature lines, each ended by \r\n
    std::string body;
};

// One of JSON; its headers are the provider's to add.
inline Post json_post(std::string url, std::string body) {
    return {std::move(url), "application/json", {}, std::move(body)};
}

// One status of one message of the ledger.
struct Event {
    std::size_t n = 0;
    Status status = Status::sent;
};

// A message of a person to the business.
struct Inbound {
    Provider provider = Provider::meta;
    std::string id;
    std::string from;  // digits
    std::string name;
    std::string text;
    std::string button_payload;  // with it, `text` is the label of the button that was tapped
    std::string reply_to;        // provider's id of our message
    std::string file;            // its id among the files of the world; `text` is then its caption
    std::string file_type;       // MIME
    bool whatsapp = true;
    std::int64_t at = 0;
};

}  // namespace sim
