// Permits that all servers of one database share: slices of the rows of store/rate_grants. [any thread]
#pragma once

#include <memory>

#include "net/grant_source.hpp"
#include "store/writer.hpp"

namespace dakiya::send {

// Answers come on the writer's thread. On a database that several servers write to, the writer must be one of
// its own with one unit in a transaction: the row is locked until that ends, and others wait for it.
class SharedGrants final : public net::GrantSource {
public:
    // Both must outlive this.
    SharedGrants(store::Writer& writer, const Clock& clock);

    void ask(const net::GrantRequest& request, Answer answer) override;
    void slow_down(const std::string& key, Millis hint) override;
    void report(const std::string& key, double per_second, double reported) override;

private:
    struct Map;
    store::Writer& writer_;
    const Clock& clock_;
    std::shared_ptr<Map> map_;
};

}  // namespace dakiya::send
