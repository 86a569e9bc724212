package io.pinferry.local.simulator;

/** Says what a bookmark remembers, which shows when records come and go during a read. */
public enum BookmarkStyle {
  /** The key of the last record: what is inserted or deleted meanwhile shifts nothing. */
  KEY,
  /** The number of records so far: a deletion hides a record, an insertion repeats one. */
  OFFSET
}
