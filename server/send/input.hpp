// Builds the JSON input of operation `send` (sdk/schema/send.schema.json) from content and recipients.
#pragma once

#include <span>
#include <string>
#include <vector>

#include "domain/content.hpp"
#include "store/messages.hpp"

namespace dakiya::send {

// What all messages of one content on one connection share. Made once, then read from any thread.
struct InputBase {
    domain::Content content;
    bool personal = true;  // texts differ between recipients
    std::string head;      // the JSON up to the recipients, without the closing brace
    std::string params;    // members of every recipient's params: the file of a template's header
};

struct TemplateInfo {
    std::string provider_id, category;
    Json components;
    Json header = Json::object();  // what a file of ours adds to everybody's params
};

// from: empty for the connection's default sender. callback: this connection's webhook address, or empty.
InputBase input_base(domain::Content content, const std::string& channel, const std::string& from,
                     const TemplateInfo& template_info, const std::string& callback);

// The input for these recipients (one, unless the provider takes batches). key: the same for every attempt
// at the same message, for providers that drop repeats.
std::string send_input(const InputBase& base, std::span<const store::Message> recipients);

// How many messages from the front may go in one call: up to `most`, no address twice, and equal texts
// when the provider's batch is not personal.
std::size_t batch_size(const InputBase& base, std::span<const store::Message> messages, std::size_t most,
                       bool personal_batch);

}  // namespace dakiya::send
