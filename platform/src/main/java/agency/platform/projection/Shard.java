package agency.platform.projection;

/**
 * A part of a generation that this process feeds: the facts of some streams of one lane.
 *
 * @param number from 0; a stream's facts always fall into the same one
 * @param epoch which taking of it this is: only this epoch may move the checkpoint
 * @param position its checkpoint when it was taken
 */
record Shard(int lane, int number, long epoch, long position) {}
