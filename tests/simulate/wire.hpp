// The network between one process and the provider: the process's half (connecting, deadlines, time-outs)
// ends with the process, what left it goes on without it.
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "net/http.hpp"
#include "provider.hpp"

namespace dakiya::simulate {

class Wire final : public net::HttpClient {
public:
    struct Parts {
        const Plan& plan;
        Chance& chance;
        Timeline& timeline;
        Trace& trace;
        Provider& provider;
        const bool& calm;              // trouble has ended
        std::function<bool()> stands;  // the process: nothing of its own runs now
        std::function<void(const std::string& ref, const std::string& address)>
            begun;                                               // the first byte leaves
        std::function<void(const std::string& ref)> unanswered;  // its owner will never hear of it
    };

    // clock: the process's.
    Wire(Parts parts, std::string node, const Clock& clock);
    ~Wire() override;

    void perform(net::Request request, net::Done done) override;
    void after(Millis delay, std::function<void()> work) override;

private:
    struct Call;
    void connect(const std::shared_ptr<Call>& call);
    void leave(const std::shared_ptr<Call>& call);
    void answer(const std::shared_ptr<Call>& call, net::Reply reply, std::int64_t delay_ms);
    // Runs when the process runs, never when it has ended.
    void in_process(std::int64_t delay_ms, std::function<void()> work);

    struct State;
    std::shared_ptr<State> state_;  // callbacks hold it weakly: with the process, they are gone
};

}  // namespace dakiya::simulate
