import { stem } from '../words.ts';

/**
 * Words that people and services use for one another: a line a group, its words of equal rank. A query with one of them
 * also finds the others, at less weight. General words of interfaces alone: what one service calls a thing is no synonym.
 */
const GROUPS = `
list get fetch show retrieve read view see look inspect detail info describe lookup
create add new make insert register open
delete remove erase drop destroy discard clear revoke trash detach unlink strip forget
update edit change modify set patch alter adjust rename rewrite correct
search find query lookup filter locate
send post publish write deliver
cancel stop abort end terminate halt kill quit leave exit
start begin launch run boot initiate trigger
pause freeze suspend snooze hold
resume continue unpause restart
install deploy
invite invitation
accept approve confirm agree allow grant
reject decline deny refuse dismiss
enable activate allow permit on
disable deactivate off
block ban restrict deny forbid blacklist suppress blocklist
whitelist allowlist safelist permit allow
replace overwrite put
merge combine join
move transfer relocate migrate
copy duplicate clone fork
link connect attach associate bind assign
unlink disconnect detach dissociate disassociate unassign
restore recover undelete revert undo rollback
verify validate check confirm
watch monitor observe track subscribe follow
rotate regenerate renew refresh
test try preview simulate
try attempt
archive close
unarchive reopen
publish release
lock protect
resize scale
count number total
compute calculate
upload store save
download export dump
import load ingest
execute run invoke
complete finish done finalize
permit permission allow right privilege scope grant
role permission right
access permission
user member person people colleague employee teammate account
me authenticated current myself own self
administrator admin owner
collaborator contributor participant
photo picture image avatar icon thumbnail logo
message sms mms text
email mail
newsletter campaign marketing bulletin
statistic stat metric analytic usage report
file document attachment
attachment enclosure
folder directory
workspace team organization organisation company enterprise tenant org
project workspace
channel conversation chat room
bill invoice
buy purchase order
pay payment charge
transaction movement transfer
coupon discount voucher promotion promo
delivery shipping shipment
money fund amount balance
refund reimbursement repay chargeback
dispute chargeback
price cost rate fee tariff
subscription plan membership
customer client buyer consumer
vendor supplier seller merchant
contact recipient addressee
app application integration
machine node host server computer
instance machine server
container pod
job task run
task todo
issue ticket bug
comment remark note reply
review feedback rating
reaction emoji thumb
label tag
milestone deadline due
commit revision changeset
revision version
history log changelog timeline audit activity
event activity
log trace
transcript transcription
repository repo
pull merge
branch ref
pr pull request
diff compare difference
team group
group set
queue line
alert notify warn notification reminder
link url permalink
bookmark favorite favourite star
temporary ephemeral
public external published
private hidden confidential
password passphrase credential secret
credential secret key
key token
login signin session
logout signout
authentication auth authenticate
authorization authorize
sso saml
mfa 2fa factor
certificate cert
template layout design blueprint
form survey questionnaire
share collaborate collaboration
call phone telephone
phone number
dial call
voice call
admin administrator
config configuration setting option preference
setting preference
policy rule
rule policy
quota limit cap allowance
limit threshold
schedule calendar plan timetable
recurring repeating repeat periodic
summary overview
status state health condition
health ping alive reachable
hook webhook callback endpoint
domain hostname host
address location place
location place position site
country region
zone region
currency money
tax vat
bank account
card creditcard
product item article good
item entry element
record entry row
field column attribute property
property attribute
table collection
database db
index catalog
schema structure definition
type kind
kind sort category
category topic
name title
id identifier
date day
device hardware
disk volume storage
volume drive
network subnet
image snapshot
backup snapshot
cluster swarm
environment env
variable var
model ai llm
score rating grade
expense cost spending
supplier vendor
employee staff worker
quote estimate offer proposal
journal ledger
budget spending
shipment parcel package
package library dependency
vulnerability weakness flaw
advisory warning
license licence
color colour
wiki page
page site website
internet web online
distance far
article post
story post
owner proprietor
parent ancestor
child descendant
visibility visible
expire expiry expiration
language locale
translation translate
flag feature
segment audience
bounce undelivered
spam junk
unsubscribe optout suppression
subuser subaccount
subaccount sub
holder owner
agreement contract terms
signature sign
draft unfinished
latest recent newest last
default standard
popular top
deployment rollout
build compile
pipeline workflow automation
workflow automation flow
runner agent worker
artifact output
cache cached
key apikey
purge prune clean
prune cleanup
size big large
cpu memory resource
usage consumption
consumption usage
vendor provider
provider supplier
webhook notification
interval period
annual yearly year
monthly month
weekly week
daily day
hourly hour
`;

const groups = new Map<string, Set<string>>();
for (const line of GROUPS.trim().split('\n')) {
  const stems = [...new Set(line.split(' ').map(stem))];
  for (const word of stems) {
    const others = groups.get(word) ?? new Set<string>();
    groups.set(word, others);
    for (const other of stems) others.add(other);
    others.delete(word);
  }
}
const NONE: ReadonlySet<string> = new Set();

/** Other words, stemmed, that mean about the same as a stemmed one. */
export const synonymsOf = (word: string): ReadonlySet<string> => groups.get(word) ?? NONE;
