// dakiya restore accept: goes on with a database that was restored from a backup.
#include <cstdio>

#include "app/cli/commands.hpp"
#include "app/epoch.hpp"
#include "base/clock.hpp"
#include "store/epoch.hpp"

namespace dakiya::app {

int accept_restored(const Config& config, bool chunks_too) {
    make_data_folder(config);
    store::Database database(config.db);
    store::Writer writer(database);
    const std::int64_t seen = remembered_epoch(config);
    std::int64_t found = 0;
    store::epoch::Open open;
    bool accepted = false;
    writer.run([&](store::Session& session) {
        found = store::epoch::read(session);
        open = store::epoch::open(session);
        accepted = found < seen;
        if (!accepted) return;
        store::epoch::hold(session, chunks_too, SystemClock{}.now_ms());
        store::epoch::raise_to(session, seen + 1);
    });
    if (!accepted)
        return fail({Code::conflict,
                     "the database is not older than what this server has seen: there is nothing to accept",
                     ""});
    remember_epoch(config, seen + 1);
    std::printf("%lld campaigns are paused: resume them, or cancel them, one by one\n",
                static_cast<long long>(open.campaigns));
    std::printf("%lld waiting messages become uncertain: they may have been sent\n",
                static_cast<long long>(open.messages));
    std::printf("%lld further steps of single messages are not begun: they may have been sent\n",
                static_cast<long long>(open.steps));
    return 0;
}

}  // namespace dakiya::app
