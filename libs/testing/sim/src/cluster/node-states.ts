// Interesting states of nodes and of what they write, counted by name (see sightings.ts).

export const nodeStates = {
  'take-over': 'a process began to serve a LogPartition that another one had served',
  'take-over with a frame in flight':
    'an Announce landed while a frame of the owner before it was on its way',
  'take-over during replay':
    'an Announce landed while the owner of the one before was not open yet',
  'take-over from oneself': 'an owner announced a higher epoch after an append without an outcome',
  'frame found after all': 'the frame of such an append stood in the log',
  'frame sent again': 'the frame of such an append did not, and went again under the next epoch',
  'zombie woken with frames in flight':
    'a process woke from a freeze in which others took over, with an append under way',
  'owner fenced': 'an owner found a higher Announce than its own',
  'lost acknowledgement of an Announce': 'an Announce landed, and its process was never told',
  'late Announce': 'an Announce landed below the epoch in force',
  'late record after a new epoch': 'a frame landed after the Announce of a later owner',
  'frame landed twice': 'a frame landed again after it had counted',
  'two claimants with one number': 'two Announces of one epoch landed',
  barrier: 'an empty frame counted',
  'trim during take-over': 'a reader was told that what it reads was trimmed',
  'zombie wrote rows': 'a process wrote rows of a LogPartition that another one served',
  'wake bucket rewritten by a zombie': 'and they were rows of the wake index',
  'checkpoint of a zombie': 'and its checkpoint was among them',
  'node left in order': 'a node left the cluster',
  'two processes of one identity': 'two processes ran under one name',
  'link cut': 'two nodes did not reach each other',
  'link lost': 'a link between two nodes was lost',
  'owner suspected': 'a node claimed what a silent node owned',
  'clock off': 'a node left because its clock is off',
  'call followed its owner': 'a call was told NotOwner and went on to another node',
  'call to a lost node': 'the link broke under a call',
  're-offer after both sides died':
    'a task was offered anew after both its owner and who held it had died',
  'task offered again': 'a task was offered a second time',
  'start reply lost with its owner': 'a start was repeated at the next owner, and answered',
  'poll moved': 'a parked poll was told that its queue is held elsewhere',
  'matching doubled': 'one task was offered to two nodes',
  'probe acknowledged': 'a run was told to send a probe to another one, and did',
  'probe refused': 'a run that was told to send one was not there or closed',
  'probe answered': 'a probe was received by a run, and its sender knows',
  'probe not found': 'a probe came to a workflow id without a run',
  'probe to a closed run': 'a probe came to a run that had ended',
  'probe unseen': 'what became of a probe is not known: its sender or receiver was deleted',
  'message answered by another node': 'a message went to another node, and its answer came',
  'message without an outcome': 'an attempt at a message had no answer, or one that says nothing',
  'message sent again': 'a second attempt at a message went to another node',
  'message delivered by a later owner':
    'the answer to a message came to another process than the one that sent it first',
  'attempt expired': 'an attempt at a message came too late (X2)',
  'message answered from its key': 'a repeated message was answered as before',
  'message repeated at another owner': 'and by another process than before',
  'release lost': 'it is not known whether the keys of messages were released',
  'release repeated': 'and they were released again',
  'index built anew': 'a reader past its bound, or without a cursor, was built anew',
} as const;

export type NodeStateName = keyof typeof nodeStates;
