// What must be true of every world at its end, whatever happened in it (docs/reliability.md).
#pragma once

namespace dakiya::simulate {

class World;

// Tells the world (World::find) what is not.
void check(World& world);

}  // namespace dakiya::simulate
