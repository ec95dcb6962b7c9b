# Fail and kill at every privileged call of `run --userns auto`: afterwards the container is absent or whole.
load helper
load userns

@test "run --userns with any one call of hoy failing leaves nothing and says why" { sweep hoy fail; }
@test "run --userns with hoy killed at any call leaves nothing, and its ids are free" { sweep hoy kill; }
@test "run --userns with any one call of hoy-init failing leaves nothing and says why" { sweep hoy-init fail; }
