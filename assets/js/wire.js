// The component that starts the page: it is the last one, so everything that an answer is drawn by is there.

import { connect } from './hub.js';
import './actions.js';
import './address.js';
import './badge.js';
import './finder.js';
import './offline.js';
import './predict.js';
import './theme.js';

export const mount = () => connect();
