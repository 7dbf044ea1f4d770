#!/bin/sh
# One certificate scenario after the other, as a shell script does it with
# openssl: issue the leaf, serve it, dial it, look at both outputs.
#   scenarios.sh DIR COUNT PORT
# DIR holds root.pem inter.pem inter.key leaf.key; every other leaf has
# expired. CA and keys are reused, as they are in the other candidates.
cd "$1" || exit 1
count=$2 port=$3 failed=0
mkfifo ready
exec 3<>ready # both ends are ours: nobody meets a closed pipe
openssl req -new -key leaf.key -subj /CN=localhost -out leaf.csr

# issue DAYS: leaf.pem, from now on
issue() {
  openssl x509 -req -in leaf.csr -CA inter.pem -CAkey inter.key \
    -extfile leaf.ext -days "$1" -out leaf.pem 2>/dev/null
}

# serve_and_dial VERSION: leaves both outputs, and the client's status
serve_and_dial() {
  openssl s_server -accept "$port" -naccept 1 -www "$1" -cert leaf.pem \
    -key leaf.key -cert_chain inter.pem </dev/null >&3 2>server.out &
  while read -r line <&3; do
    case $line in ACCEPT*) break ;; esac
  done
  openssl s_client -connect "127.0.0.1:$port" "$1" -CAfile root.pem \
    -verify_return_error -verify_hostname localhost </dev/null \
    >client.out 2>&1
  status=$?
  wait
  while read -r line <&3; do # what is left of the server's words
    case $line in *"accepts that finished"*) break ;; esac
  done
}

i=0
while [ "$i" -lt "$count" ]; do
  version=-tls1_2
  [ $((i / 2 % 2)) = 1 ] && version=-tls1_3
  if [ $((i % 2)) = 0 ]; then
    issue -1
    serve_and_dial "$version"
    [ "$status" != 0 ] && grep -q 'certificate has expired' client.out &&
      grep -q 'alert certificate expired' server.out || failed=$((failed + 1))
  else
    issue 30
    serve_and_dial "$version"
    [ "$status" = 0 ] || failed=$((failed + 1))
  fi
  port=$((port + 1)) i=$((i + 1))
done
echo "failed=$failed"
