// The door for webhooks: verify, store, answer (docs/design.md 6.5).
#pragma once

#include <string>

#include "base/id.hpp"
#include "plugin/provider.hpp"

namespace dakiya::receive {

class Intake {
public:
    virtual ~Intake() = default;
    // What the provider gets. `inbound.url` is the public URL as the provider was given it, with the
    // query. 404: no such connection of that provider, 401: not from the provider (or a wrong token),
    // 200 … as the plugin said, only after the raw request is durable. [any thread]
    virtual plugin::Reply accept(const std::string& provider, Id connection, const std::string& token,
                                 const plugin::Inbound& inbound) = 0;
};

}  // namespace dakiya::receive
