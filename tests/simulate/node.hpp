// One process: the engines of app/wiring without threads, over its own sessions, clock and wire. It ends by
// being destroyed, which is kill -9: nothing is said, nothing is given back.
#pragma once

#include <functional>
#include <memory>
#include <string>

#include "faulty_session.hpp"
#include "security/seal.hpp"
#include "timeline.hpp"
#include "wire.hpp"

namespace dakiya::send {
class EngineService;
class Otps;
}  // namespace dakiya::send
namespace dakiya::store {
class Writer;
}
namespace dakiya::plugin {
class Provider;
struct Reply;
}  // namespace dakiya::plugin

namespace dakiya::simulate {

class Node {
public:
    struct Parts {
        std::string name;      // new at every start
        std::string database;  // SQLite file
        std::shared_ptr<const plugin::Provider> plugin;
        const security::Key& master;
        const Plan& plan;
        Chance& chance;
        const Timeline& timeline;
        Troubles troubles;
        // Something failed that no trouble caused, whatever the engine makes of it: what, and how.
        std::function<void(const std::string& what, const std::string& how)> failed;
        std::function<void(Millis)> pause;  // of the writer, between two tries
        Wire::Parts wire;
    };

    explicit Node(Parts parts);
    ~Node();

    // One piece of work of one of its threads, by chance.
    void step();
    // A webhook comes in. The status of the answer; 500 when there was trouble.
    int hear(const std::string& body);
    send::EngineService& service();
    send::Otps& passwords();
    store::Writer& writer();
    const std::string& name() const;
    NodeClock& clock();

    bool crashed = false;           // ends as soon as what runs has returned
    std::int64_t stands_until = 0;  // nothing of it runs before that time
    std::int64_t late_until = 0;    // until then it may mark under a lease that has run out meanwhile
    bool running = false;           // one of its threads is at work
    bool troubled = false;          // the database failed it while it wrote

private:
    struct Rooms;
    std::unique_ptr<Rooms> rooms_;
};

}  // namespace dakiya::simulate
