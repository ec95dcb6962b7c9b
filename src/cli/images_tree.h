/*
 * `hoy images --tree`: each image with its names, what it takes, and below it what it is for.
 *
 * Runs in: cli.
 */
#ifndef HOY_CLI_IMAGES_TREE_H
#define HOY_CLI_IMAGES_TREE_H

#include "cli/images_view.h"

/* Read what `view` asks for and print it to stdout. Returns 0, or -errno with a sentence. */
int images_tree_print(struct cli *cli, struct images_view *view, struct err *e);

#endif
