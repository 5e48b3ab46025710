// A connection whose words are clean: providers quote what they were sent, so every text for people that a
// plugin gives out loses the connection's secrets before anyone stores or shows it (docs/design.md 9).
#pragma once

#include <memory>

#include "net/redact.hpp"
#include "plugin/provider.hpp"

namespace dakiya::send {

// `redactor` must outlive the connection.
std::shared_ptr<const plugin::Connection> redacted(std::shared_ptr<const plugin::Connection> connection,
                                                   const net::Redactor& redactor);

}  // namespace dakiya::send
