// Writes of a handler: one unit of the writer, undone as a whole when it ends in an Error, and a line in
// the audit log beside what it changed.
#pragma once

#include <stdexcept>
#include <string>
#include <string_view>

#include "api/route.hpp"
#include "api/services.hpp"
#include "dakiya/json.hpp"

namespace dakiya::api {

class Refusal : public std::runtime_error {
public:
    explicit Refusal(Error error) : std::runtime_error(error.text), error_(std::move(error)) {}
    const Error& error() const { return error_; }

private:
    Error error_;
};

// work: (Session&) → Result<void>. It may run more than once and must set its results (store/writer.hpp).
template <class Work>
Result<void> change(Services& services, Work&& work) {
    try {
        services.writer.run([&](store::Session& session) {
            if (Result<void> done = work(session); !done) throw Refusal(done.error());
        });
        return {};
    } catch (const Refusal& refusal) {
        return refusal.error();
    }
}

// Inside that unit. detail: without secrets.
void audit(store::Session& session, const Call& call, const Services& services, std::string_view action,
           std::string_view subject, const Json& detail = Json::object());

// "there is no contact cnt_… "
Error no_such(std::string_view kind, std::string_view id);

}  // namespace dakiya::api
