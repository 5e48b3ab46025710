// The host's end of one call into a plugin: copies what the plugin writes and watches over the rules of
// docs/design.md 3.3. Its functions run under plugin frames, so nothing is thrown through them: the first
// broken rule is noted, what follows is ignored, and the call is failed afterwards.
#pragma once

#include <string>
#include <string_view>

#include "dakiya/abi.h"
#include "plugin/provider.hpp"
#include "plugin/record.hpp"

namespace dakiya::plugin {

// What the plugin may write depends on what it was asked.
enum class Call { open, advance, verify, parse };

struct Egress {  // which addresses a connection may call
    const Manifest& manifest;
    const Json& host_settings;
    bool allow_http = false;
};

class Sink {
public:
    // recipients: how many a send is for. `egress` outlives the sink.
    Sink(Call call, const Egress& egress, std::size_t recipients = 0);
    Sink(const Sink&) = delete;
    Sink& operator=(const Sink&) = delete;

    dk_sink* table() { return &table_; }

    // Notes a broken rule unless one is noted already: "it broke the rule on RULE: DETAIL".
    void broke(std::string_view rule, std::string_view detail);

    // What the call came to: nothing but the sentence when a rule was broken, nothing but the explanation
    // when the status is not DK_OK.
    Output finish(dk_status status);

private:
    struct Writes;  // the functions of the table

    const Call call_;
    const Egress& egress_;
    Recipients recipients_;
    dk_sink table_;
    Output output_;
    std::size_t records_ = 0;  // with log lines
    std::size_t bytes_ = 0;
};

}  // namespace dakiya::plugin
